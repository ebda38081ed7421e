import { ask, client } from '@/api/client';
import type { Recurrence, RepeatPreview, RepeatRule } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export const getRecurrence = (taskId: number): Promise<Recurrence> =>
  ask(client.GET('/tasks/{id}/recurrence', path(taskId)));
export const setRecurrence = (taskId: number, version: number, rule: RepeatRule): Promise<Recurrence> =>
  ask(client.PUT('/tasks/{id}/recurrence', { ...path(taskId), body: { version, rule } }));
export const removeRecurrence = (taskId: number, version: number): Promise<Recurrence> =>
  ask(client.DELETE('/tasks/{id}/recurrence', { params: { path: { id: taskId }, query: { version } } }));
export const previewRecurrence = (taskId: number, rule: RepeatRule): Promise<RepeatPreview> =>
  ask(client.POST('/tasks/{id}/recurrence/preview', { ...path(taskId), body: { rule } }));
