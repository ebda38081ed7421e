import { ask, client } from '@/api/client';
import type { AuditCheckpoint, AuditEntry, AuditReader, AuditReport, Items, Page } from '@/api/types';

export interface AuditFilter {
  actor?: number;
  module?: string;
  verb?: string;
  ref?: string;
  from?: number;
  to?: number;
}
export const listAudit = (filter: AuditFilter, cursor?: string): Promise<Page<AuditEntry>> =>
  ask(client.GET('/audit', { params: { query: { ...filter, cursor, limit: 50 } } }));
export const verifyAudit = (): Promise<AuditReport> => ask(client.GET('/audit/verify'));
export const listReaders = (): Promise<Items<AuditReader>> => ask(client.GET('/audit/readers'));
export const rerunReader = (name: string): Promise<unknown> =>
  ask(client.POST('/audit/readers/{name}/rerun', { params: { path: { name } } }));
export const skipEntry = (name: string, entry: number): Promise<unknown> =>
  ask(client.POST('/audit/readers/{name}/skip', { params: { path: { name } }, body: { entry } }));
export const listCheckpoints = (cursor?: string): Promise<Page<AuditCheckpoint>> =>
  ask(client.GET('/audit/checkpoints', { params: { query: { cursor, limit: 20 } } }));
