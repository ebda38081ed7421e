import { ask, client } from '@/api/client';
import type { Items, Label } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export const listLabels = (projectId: number): Promise<Items<Label>> =>
  ask(client.GET('/projects/{id}/labels', path(projectId)));
export const createLabel = (projectId: number, name: string): Promise<Label> =>
  ask(client.POST('/projects/{id}/labels', { ...path(projectId), body: { name } }));
export const updateLabel = (id: number, version: number, name: string, colour: string): Promise<Label> =>
  ask(client.PATCH('/labels/{id}', { ...path(id), body: { version, name, colour } }));
export const deleteLabel = (id: number): Promise<unknown> => ask(client.DELETE('/labels/{id}', path(id)));
