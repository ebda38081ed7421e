import { ask, client, idempotencyKey } from '@/api/client';
import type {
  CalendarFeed,
  ImportPlan,
  ImportPreview,
  ImportProgress,
  ImportSource,
  Items,
  NewFeed,
} from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export type Format = 'csv' | 'xlsx' | 'html';

export interface File {
  blob: Blob;
  name: string;
  /** There are more tasks than the file has. */
  cut: boolean;
}

/** The name stands in Content-Disposition, with its characters as percent signs. */
export function fileName(disposition: string | null, otherwise: string): string {
  const coded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  try {
    return coded ? decodeURIComponent(coded) : (plain ?? otherwise);
  } catch {
    return otherwise;
  }
}

export async function takeOut(projectId: number, format: Format): Promise<File> {
  const answer = await client.GET('/projects/{id}/export', {
    params: { path: { id: String(projectId) }, query: { format } },
    parseAs: 'blob',
  });
  const blob = await ask<Blob>(Promise.resolve(answer as { data?: Blob; error?: unknown; response: Response }));
  const headers = answer.response.headers;
  return {
    blob,
    name: fileName(headers.get('Content-Disposition'), `tasks.${format}`),
    cut: headers.get('Dingban-Cut') === 'true',
  };
}

export const printPage = (projectId: number): string => `/api/v1/projects/${projectId}/export?format=html`;

export const readFile = (projectId: number, file: Blob): Promise<ImportSource> =>
  ask(
    client.POST('/projects/{id}/import/read', {
      ...path(projectId),
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  );
export const planImport = (projectId: number, body: ImportPlan): Promise<ImportPreview> =>
  ask(client.POST('/projects/{id}/import/plan', { ...path(projectId), body }));
export const runImport = (projectId: number, body: ImportPlan): Promise<ImportProgress> =>
  ask(client.POST('/projects/{id}/import', { ...path(projectId), body }));

export const listFeeds = (): Promise<Items<CalendarFeed>> => ask(client.GET('/calendar-feeds'));
export const createFeed = (name: string): Promise<NewFeed> =>
  ask(
    client.POST('/calendar-feeds', {
      params: { header: { 'Idempotency-Key': idempotencyKey() } },
      body: { name },
    }),
  );
export const deleteFeed = (id: number): Promise<unknown> => ask(client.DELETE('/calendar-feeds/{id}', path(id)));
