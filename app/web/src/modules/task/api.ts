import { ask, client, idempotencyKey } from '@/api/client';
import type {
  Comment,
  Followers,
  HistoryItem,
  Items,
  Page,
  ReactionName,
  State,
  Task,
  TaskChange,
  Trashed,
  Tree,
} from '@/api/types';

export interface TaskFilter {
  project?: number;
  state?: number;
  assignee?: string;
  open?: boolean;
  label?: number;
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

export const getTree = (id: number): Promise<Tree> => ask(client.GET('/tasks/{id}/tree', path(id)));
export const addSubtask = (projectId: number, parentId: number, title: string): Promise<Task> =>
  ask(
    client.POST('/tasks', {
      params: { header: { 'Idempotency-Key': idempotencyKey() } },
      body: { projectId, parentId, title },
    }),
  );
export const setParent = (id: number, version: number, parentId: number | null): Promise<Task> =>
  ask(client.PUT('/tasks/{id}/parent', { ...path(id), body: { version, parentId } }));
export const listTrash = (projectId: number, cursor?: string): Promise<Page<Trashed>> =>
  ask(client.GET('/projects/{id}/trash', { params: { path: { id: projectId }, query: { cursor, limit: 50 } } }));
export const restoreTask = (id: number): Promise<Task> => ask(client.POST('/tasks/{id}/restore', path(id)));
export const listFollowers = (id: number): Promise<Followers> => ask(client.GET('/tasks/{id}/followers', path(id)));
const following = (id: number, person: number) => ({ params: { path: { id, person } } });
export const follow = (id: number, person: number): Promise<unknown> =>
  ask(client.PUT('/tasks/{id}/followers/{person}', following(id, person)));
export const unfollow = (id: number, person: number): Promise<unknown> =>
  ask(client.DELETE('/tasks/{id}/followers/{person}', following(id, person)));

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

const reaction = (id: number, name: ReactionName) => ({ params: { path: { id, name } } });
export const reactTo = (id: number, name: ReactionName, given: boolean): Promise<Comment> =>
  given
    ? ask(client.PUT('/comments/{id}/reactions/{name}', reaction(id, name)))
    : ask(client.DELETE('/comments/{id}/reactions/{name}', reaction(id, name)));

export const listHistory = (id: number, cursor?: string): Promise<Page<HistoryItem>> =>
  ask(client.GET('/tasks/{id}/history', { params: { path: { id }, query: { cursor, limit: 50 } } }));
