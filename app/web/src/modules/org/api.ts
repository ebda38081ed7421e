import { ask, client } from '@/api/client';
import type {
  Department,
  Items,
  Me,
  Page,
  Person,
  PersonChange,
  PersonInput,
  Session,
  SetupInput,
  SetupResult,
} from '@/api/types';

export interface PeopleFilter {
  department?: number;
  q?: string;
  status?: Person['status'];
}

export const setUp = (body: SetupInput): Promise<SetupResult> => ask(client.POST('/setup', { body }));
export const changePassword = (current: string, next: string): Promise<Me> =>
  ask(client.PUT('/session/password', { body: { current, next } }));
export const listSessions = (): Promise<Items<Session>> => ask(client.GET('/sessions'));
export const endSession = (id: number): Promise<unknown> =>
  ask(client.DELETE('/sessions/{id}', { params: { path: { id } } }));

export const listPeople = (filter: PeopleFilter, cursor?: string): Promise<Page<Person>> =>
  ask(client.GET('/people', { params: { query: { ...filter, cursor, limit: 50 } } }));
export const createPerson = (body: PersonInput): Promise<{ person: Person; oneTimePassword: string }> =>
  ask(client.POST('/people', { body }));
export const updatePerson = (id: number, body: PersonChange): Promise<Person> =>
  ask(client.PATCH('/people/{id}', { params: { path: { id } }, body }));
export const resetPassword = (id: number): Promise<{ oneTimePassword: string }> =>
  ask(client.POST('/people/{id}/reset-password', { params: { path: { id } } }));

export const listDepartments = (): Promise<Items<Department>> => ask(client.GET('/departments'));
export const createDepartment = (body: { name: string; parentId?: number }): Promise<Department> =>
  ask(client.POST('/departments', { body }));
export const updateDepartment = (
  id: number,
  body: { version: number; name?: string; parentId?: number },
): Promise<Department> => ask(client.PATCH('/departments/{id}', { params: { path: { id } }, body }));
export const deleteDepartment = (id: number): Promise<unknown> =>
  ask(client.DELETE('/departments/{id}', { params: { path: { id } } }));
