import { ask, client } from '@/api/client';
import type { NoticePage } from '@/api/types';

export const listNotices = (unread: boolean, cursor?: string): Promise<NoticePage> =>
  ask(client.GET('/notifications', { params: { query: { unread: unread || undefined, cursor, limit: 30 } } }));
export const markRead = (body: { ids?: number[]; all?: boolean }): Promise<{ unread: number }> =>
  ask(client.POST('/notifications/read', { body }));
