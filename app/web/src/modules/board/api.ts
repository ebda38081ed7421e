import { ask, client, idempotencyKey } from '@/api/client';
import type { Board, State, StateChange, StateInput, Task } from '@/api/types';
import type { Spot } from './board';

export const getBoard = (id: number): Promise<Board> =>
  ask(client.GET('/projects/{id}/board', { params: { path: { id }, query: { doneLimit: 50 } } }));
export const addTask = (projectId: number, stateId: number, title: string): Promise<Task> =>
  ask(
    client.POST('/tasks', {
      body: { projectId, stateId, title },
      params: { header: { 'Idempotency-Key': idempotencyKey() } },
    }),
  );
export const moveTask = (id: number, version: number, spot: Spot): Promise<Task> =>
  ask(client.POST('/tasks/{id}/move', { params: { path: { id } }, body: { version, ...spot } }));

export const createState = (projectId: number, body: StateInput): Promise<State> =>
  ask(client.POST('/projects/{id}/states', { params: { path: { id: projectId } }, body }));
export const updateState = (id: number, body: StateChange): Promise<State> =>
  ask(client.PATCH('/states/{id}', { params: { path: { id } }, body }));
export const deleteState = (id: number, moveTo: number | undefined): Promise<unknown> =>
  ask(client.DELETE('/states/{id}', { params: { path: { id }, query: { moveTo } } }));
