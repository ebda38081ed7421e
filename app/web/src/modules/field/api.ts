import { ask, client } from '@/api/client';
import type { Field, FieldDraft, FieldValue, Items } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export const listFields = (project: number): Promise<Items<Field>> =>
  ask(client.GET('/projects/{id}/fields', path(project)));
export const listDeletedFields = (project: number): Promise<Items<Field>> =>
  ask(client.GET('/projects/{id}/deleted-fields', path(project)));
export const createField = (project: number, body: FieldDraft): Promise<Field> =>
  ask(client.POST('/projects/{id}/fields', { ...path(project), body }));
export const updateField = (id: number, body: { version: number; name: string; settings: unknown }): Promise<Field> =>
  ask(client.PATCH('/fields/{id}', { ...path(id), body }));
export const deleteField = (id: number): Promise<unknown> => ask(client.DELETE('/fields/{id}', path(id)));
export const restoreField = (id: number): Promise<Field> => ask(client.POST('/fields/{id}/restore', path(id)));
export const listValues = (task: number): Promise<Items<FieldValue>> =>
  ask(client.GET('/tasks/{id}/fields', path(task)));
export const setValue = (task: number, field: number, version: number, value: unknown): Promise<FieldValue> =>
  ask(
    client.PUT('/tasks/{id}/fields/{fieldId}', {
      params: { path: { id: task, fieldId: field } },
      body: { version, value },
    }),
  );
