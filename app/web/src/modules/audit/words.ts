import type { AuditEntry, AuditObject } from '@/api/types';
import { changeLines, type ChangeLine } from '@/modules/task';
import { fullTime } from '@/shared/format';
import { has, t } from '@/shared/i18n';

/** Fields whose values are ids, and of what; the server sends what they are called beside them. */
const ids: Record<string, string> = {
  state: 'state',
  movedTo: 'state',
  department: 'department',
  departmentId: 'department',
  parentId: 'department',
  assignees: 'person',
  actor: 'person',
};
const moments = new Set(['lockedUntil', 'from', 'to', 'at']);
/** Fields whose values are names of the program and have words of their own. */
const groups: Record<string, string> = {
  status: 'org.person',
  reason: 'audit.reason',
  roles: 'access.role',
  theme: 'shared.theme',
  problem: 'audit.problem',
  module: 'audit.module',
};

export function verbName(verb: string): string {
  const key = `audit.verb.${verb.replace(/\W/g, '_')}`;
  return has(key) ? t(key) : verb;
}
export function moduleName(id: string): string {
  return has(`audit.module.${id}`) ? t(`audit.module.${id}`) : id;
}
/** What a thing is called; its number where the reader may not know, or nobody knows any more. */
function nameOf(o: AuditObject): string {
  const key = o.kind === 'state' ? undefined : o.key;
  return [key, o.name].filter(Boolean).join(' ') || `#${o.id}`;
}
/** A thing with its kind: "Task OPS-12 Buy three servers". */
export function objectName(o: AuditObject): string {
  const kind = has(`audit.kind.${o.kind}`) ? t(`audit.kind.${o.kind}`) : o.kind;
  if (!o.id || o.kind === 'organisation') return kind;
  return t(o.gone ? 'audit.gone' : 'audit.object', { kind, name: nameOf(o) });
}
/** Where a thing is opened; nothing for what is gone or closed to the reader. */
export function objectPath(o: AuditObject): string | undefined {
  if (o.gone) return undefined;
  if (o.kind === 'task' && o.projectId) return `/projects/${o.projectId}?task=${o.id}`;
  if ((o.kind === 'project' || o.kind === 'state') && o.projectId) return `/projects/${o.projectId}`;
  if (o.kind === 'department' && o.name) return `/people?department=${o.id}`;
  if (o.kind === 'person' && o.name) return `/people?q=${encodeURIComponent(o.name)}`;
  return undefined;
}

function worded(field: string, raw: unknown, known: readonly AuditObject[]): unknown {
  if (Array.isArray(raw)) return raw.map((x) => worded(field, x, known));
  if (typeof raw === 'number' && raw !== 0) {
    const kind = ids[field];
    if (kind) return nameOf(known.find((o) => o.kind === kind && o.id === raw) ?? { kind, id: raw });
    if (moments.has(field)) return fullTime(raw);
  }
  if (typeof raw === 'string') {
    if (field === 'verb') return verbName(raw);
    if (field === 'ref') {
      const [kind, id] = raw.split(':');
      return objectName(known.find((o) => o.kind === kind && o.id === Number(id)) ?? { kind, id: Number(id) });
    }
    const key = `${groups[field]}.${raw}`;
    if (field in groups && has(key)) return t(key);
  }
  return raw;
}

/** An entry's changes as the auditor reads them. */
export function auditLines(entry: Pick<AuditEntry, 'changes' | 'object' | 'mentions'>): ChangeLine[] {
  // An entry may name what it is about in its changes too: somebody who assigns a task to themselves.
  const known = [...(entry.mentions ?? []), entry.object];
  const told = (entry.changes ?? []).map((c) => ({
    field: c.field,
    from: worded(c.field, c.from, known),
    to: worded(c.field, c.to, known),
  }));
  return changeLines(told).map((line) => {
    const key = `audit.change.${line.field}`;
    return has(key) ? { ...line, label: t(key) } : line;
  });
}
