import { ask, client } from '@/api/client';
import type {
  MailFailurePage,
  MailInput,
  MailSettings,
  MailTested,
  NoticePage,
  NotifyPreferences,
  NotifyPreferencesInput,
} from '@/api/types';

export const listNotices = (unread: boolean, cursor?: string): Promise<NoticePage> =>
  ask(client.GET('/notifications', { params: { query: { unread: unread || undefined, cursor, limit: 30 } } }));
export const markRead = (body: { ids?: number[]; all?: boolean }): Promise<{ unread: number }> =>
  ask(client.POST('/notifications/read', { body }));
export const readPreferences = (): Promise<NotifyPreferences> => ask(client.GET('/notifications/preferences'));
export const savePreferences = (body: NotifyPreferencesInput): Promise<NotifyPreferences> =>
  ask(client.PUT('/notifications/preferences', { body }));
export const readMail = (): Promise<MailSettings> => ask(client.GET('/channels/mail'));
export const saveMail = (body: MailInput): Promise<MailSettings> => ask(client.PUT('/channels/mail', { body }));
export const testMail = (): Promise<MailTested> => ask(client.POST('/channels/mail/test'));
export const listFailures = (cursor?: string): Promise<MailFailurePage> =>
  ask(client.GET('/channels/outbox', { params: { query: { cursor, limit: 30 } } }));
export const retryFailures = (): Promise<{ count: number }> => ask(client.POST('/channels/outbox/retry'));
