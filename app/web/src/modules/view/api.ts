import { ask, client, idempotencyKey } from '@/api/client';
import type {
  Department,
  Filter,
  FoundTask,
  Items,
  Page,
  Project,
  SavedView,
  Sort,
  State,
  Task,
  TaskChange,
  ViewChange,
  ViewInput,
} from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export interface Search {
  projectId?: number;
  filter?: Filter;
  sort?: Sort;
}
export const queryTasks = (search: Search, cursor?: string): Promise<Page<FoundTask>> =>
  ask(client.POST('/tasks/query', { body: { ...search, cursor, limit: 200 } }));

export const listViews = (project: number): Promise<Items<SavedView>> =>
  ask(client.GET('/views', { params: { query: project ? { project } : {} } }));
export const createView = (body: ViewInput): Promise<SavedView> =>
  ask(client.POST('/views', { body, params: { header: { 'Idempotency-Key': idempotencyKey() } } }));
export const updateView = (id: number, body: ViewChange): Promise<SavedView> =>
  ask(client.PATCH('/views/{id}', { ...path(id), body }));
export const deleteView = (id: number): Promise<unknown> => ask(client.DELETE('/views/{id}', path(id)));

export const createTask = (body: {
  projectId: number;
  title: string;
  dueAt: number;
  dueAllDay: boolean;
}): Promise<Task> => ask(client.POST('/tasks', { params: { header: { 'Idempotency-Key': idempotencyKey() } }, body }));
export const updateTask = (id: number, body: TaskChange): Promise<Task> =>
  ask(client.PATCH('/tasks/{id}', { ...path(id), body }));
export const moveTask = (id: number, version: number, stateId: number): Promise<Task> =>
  ask(client.POST('/tasks/{id}/move', { ...path(id), body: { version, stateId } }));
export const listStates = (projectId: number): Promise<Items<State>> =>
  ask(client.GET('/projects/{id}/states', path(projectId)));
export const listProjects = (): Promise<Page<Project>> =>
  ask(client.GET('/projects', { params: { query: { limit: 200 } } }));
export const listDepartments = (): Promise<Items<Department>> => ask(client.GET('/departments'));
