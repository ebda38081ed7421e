import { ask, client } from '@/api/client';
import type { Items, Reminder, ReminderInput } from '@/api/types';

const path = (id: number) => ({ params: { path: { id } } });

export const listReminders = (taskId: number): Promise<Items<Reminder>> =>
  ask(client.GET('/tasks/{id}/reminders', path(taskId)));
export const createReminder = (taskId: number, body: ReminderInput): Promise<Reminder> =>
  ask(client.POST('/tasks/{id}/reminders', { ...path(taskId), body }));
export const deleteReminder = (taskId: number, reminder: number): Promise<unknown> =>
  ask(client.DELETE('/tasks/{id}/reminders/{reminder}', { params: { path: { id: taskId, reminder } } }));
