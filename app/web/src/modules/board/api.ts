import { ask, client, idempotencyKey } from '@/api/client';
import type { Board, Items, QuickLine, QuickPicked, State, StateChange, StateInput, Task } from '@/api/types';
import type { Spot } from './board';

export const getBoard = (id: number): Promise<Board> =>
  ask(client.GET('/projects/{id}/board', { params: { path: { id }, query: { doneLimit: 50 } } }));
/** A line as it was typed, with what was taken back of it and who was picked. */
export interface Quick {
  text: string;
  without: string[];
  picked: QuickPicked[];
}
export const readLines = (projectId: number, quick: Quick): Promise<Items<QuickLine>> =>
  ask(client.POST('/projects/{id}/quickadd/read', { params: { path: { id: projectId } }, body: quick }));
export const addTasks = (projectId: number, stateId: number, quick: Quick): Promise<Items<Task>> =>
  ask(
    client.POST('/projects/{id}/quickadd', {
      params: { path: { id: projectId }, header: { 'Idempotency-Key': idempotencyKey() } },
      body: { ...quick, stateId },
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
