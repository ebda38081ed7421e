import { ask, client, idempotencyKey } from '@/api/client';
import type { Items, Member, Page, Project, ProjectChange, ProjectInput, ProjectRole } from '@/api/types';

export const listProjects = (
  query: { archived?: boolean; q?: string; limit?: number },
  cursor?: string,
): Promise<Page<Project>> => ask(client.GET('/projects', { params: { query: { ...query, cursor } } }));
export const getProject = (id: number): Promise<Project> =>
  ask(client.GET('/projects/{id}', { params: { path: { id } } }));
export const createProject = (body: ProjectInput, key = idempotencyKey()): Promise<Project> =>
  ask(client.POST('/projects', { body, params: { header: { 'Idempotency-Key': key } } }));
export const updateProject = (id: number, body: ProjectChange): Promise<Project> =>
  ask(client.PATCH('/projects/{id}', { params: { path: { id } }, body }));
export const archiveProject = (id: number): Promise<unknown> =>
  ask(client.DELETE('/projects/{id}', { params: { path: { id } } }));
export const restoreProject = (id: number): Promise<unknown> =>
  ask(client.POST('/projects/{id}/restore', { params: { path: { id } } }));

export const listMembers = (id: number): Promise<Items<Member>> =>
  ask(client.GET('/projects/{id}/members', { params: { path: { id } } }));
export const setMember = (id: number, personId: number, role: ProjectRole): Promise<unknown> =>
  ask(client.PUT('/projects/{id}/members/{personId}', { params: { path: { id, personId } }, body: { role } }));
export const removeMember = (id: number, personId: number): Promise<unknown> =>
  ask(client.DELETE('/projects/{id}/members/{personId}', { params: { path: { id, personId } } }));
