import { ask, client, idempotencyKey } from '@/api/client';
import type { ChecklistItem, ChecklistChange, Items, Task } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });
const once = (id: number) => ({ params: { path: { id }, header: { 'Idempotency-Key': idempotencyKey() } } });

export const listItems = (task: number): Promise<Items<ChecklistItem>> =>
  ask(client.GET('/tasks/{id}/checklist', path(task)));
export const addItems = (task: number, text: string): Promise<Items<ChecklistItem>> =>
  ask(client.POST('/tasks/{id}/checklist', { ...once(task), body: { text } }));
export const changeItem = (id: number, body: ChecklistChange): Promise<ChecklistItem> =>
  ask(client.PATCH('/checklist-items/{id}', { ...path(id), body }));
export const moveItem = (id: number, afterId: number): Promise<Items<ChecklistItem>> =>
  ask(client.POST('/checklist-items/{id}/move', { ...path(id), body: afterId ? { afterId } : {} }));
export const convertItem = (id: number): Promise<Task> => ask(client.POST('/checklist-items/{id}/convert', once(id)));
export const deleteItem = (id: number): Promise<unknown> => ask(client.DELETE('/checklist-items/{id}', path(id)));
