import { ask, client } from '@/api/client';
import type { Attachment, Items, Page, Upload } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export const listFiles = (taskId: number, cursor?: string): Promise<Page<Attachment>> =>
  ask(client.GET('/tasks/{id}/files', { params: { path: { id: taskId }, query: { cursor } } }));
export const listUploads = (taskId: number): Promise<Items<Upload>> =>
  ask(client.GET('/tasks/{id}/uploads', path(taskId)));
export const startUpload = (taskId: number, name: string, size: number): Promise<Upload> =>
  ask(client.POST('/tasks/{id}/files', { ...path(taskId), body: { name, size } }));
export const completeUpload = (id: number): Promise<Attachment> => ask(client.POST('/uploads/{id}/complete', path(id)));
export const cancelUpload = (id: number): Promise<unknown> => ask(client.DELETE('/uploads/{id}', path(id)));
export const renameFile = (id: number, version: number, name: string): Promise<Attachment> =>
  ask(client.PATCH('/files/{id}', { ...path(id), body: { version, name } }));
export const deleteFile = (id: number): Promise<unknown> => ask(client.DELETE('/files/{id}', path(id)));

/** Sends bytes as they are; the document of the API has neither a schema for them nor for the path of such operations. */
export function sendPiece(id: number, offset: number, piece: Blob, signal: AbortSignal): Promise<Upload> {
  const options = {
    ...path(id),
    body: piece,
    bodySerializer: (body: Blob) => body,
    headers: { 'Content-Type': 'application/octet-stream', 'Upload-Offset': String(offset) },
    signal,
  };
  return ask(client.PATCH('/uploads/{id}', options as never) as Promise<{ data?: Upload; response: Response }>);
}

export const contentUrl = (id: number): string => `/api/v1/files/${id}/content`;
export const inlineUrl = (id: number): string => `${contentUrl(id)}?inline=true`;
