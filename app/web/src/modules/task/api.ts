import { ask, client, idempotencyKey } from '@/api/client';
import type { Comment, HistoryItem, Items, Page, State, Task, TaskChange } from '@/api/types';

export interface TaskFilter {
  project?: number;
  state?: number;
  assignee?: string;
  open?: boolean;
  due?: 'overdue' | 'today' | 'week';
}
const path = (id: number) => ({ params: { path: { id } } });

export const listTasks = (filter: TaskFilter, cursor?: string): Promise<Page<Task>> =>
  ask(client.GET('/tasks', { params: { query: { ...filter, cursor, limit: 50 } } }));
export const getTask = (id: number): Promise<Task> => ask(client.GET('/tasks/{id}', path(id)));
export const getTaskByKey = (key: string): Promise<Task> =>
  ask(client.GET('/task-by-key/{key}', { params: { path: { key } } }));
export const updateTask = (id: number, body: TaskChange): Promise<Task> =>
  ask(client.PATCH('/tasks/{id}', { ...path(id), body }));
export const moveTask = (id: number, version: number, stateId: number): Promise<Task> =>
  ask(client.POST('/tasks/{id}/move', { ...path(id), body: { version, stateId } }));
export const completeTask = (id: number, version: number, done: boolean): Promise<Task> =>
  ask(client.POST('/tasks/{id}/complete', { ...path(id), body: { version, done } }));
export const deleteTask = (id: number, version: number): Promise<unknown> =>
  ask(client.DELETE('/tasks/{id}', { params: { path: { id }, query: { version } } }));
export const listStates = (projectId: number): Promise<Items<State>> =>
  ask(client.GET('/projects/{id}/states', path(projectId)));

export const listComments = (id: number, cursor?: string): Promise<Page<Comment>> =>
  ask(client.GET('/tasks/{id}/comments', { params: { path: { id }, query: { cursor, limit: 50 } } }));
export const addComment = (id: number, text: string): Promise<Comment> =>
  ask(
    client.POST('/tasks/{id}/comments', {
      params: { path: { id }, header: { 'Idempotency-Key': idempotencyKey() } },
      body: { text },
    }),
  );
export const editComment = (id: number, version: number, text: string): Promise<Comment> =>
  ask(client.PATCH('/comments/{id}', { ...path(id), body: { version, text } }));
export const deleteComment = (id: number): Promise<unknown> => ask(client.DELETE('/comments/{id}', path(id)));

export const listHistory = (id: number, cursor?: string): Promise<Page<HistoryItem>> =>
  ask(client.GET('/tasks/{id}/history', { params: { path: { id }, query: { cursor, limit: 50 } } }));
