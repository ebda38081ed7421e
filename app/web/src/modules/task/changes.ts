import type { Change } from '@/api/types';
import { fullTime, shortDate } from '@/shared/format';
import { minutesText } from '@/shared/duration';
import { has, t } from '@/shared/i18n';

export interface ChangeLine {
  field: string;
  label: string;
  from: string;
  to: string;
  /** A long text is only named as changed. */
  long: boolean;
}

const times = new Set([
  'startAt',
  'dueAt',
  'due_at',
  'due',
  'doneAt',
  'done_at',
  'archivedAt',
  'archived_at',
  'itemDueAt',
]);
const silent = new Set(['rank', 'version', 'number', 'updatedAt', 'updated_at', 'doneAt', 'done_at', 'mentions']);

function value(field: string, raw: unknown, allDay: boolean): string {
  if (raw === null || raw === undefined || raw === '' || raw === 0) return t('shared.none');
  if (Array.isArray(raw))
    return raw.length ? raw.map((x) => value(field, x, allDay)).join(t('shared.comma')) : t('shared.none');
  if (typeof raw === 'object') {
    const named = raw as { name?: unknown; title?: unknown; id?: unknown };
    return String(named.name || named.title || named.id || t('shared.none'));
  }
  if (typeof raw === 'boolean') return raw ? t('shared.yes') : t('shared.no');
  if (typeof raw === 'number' && field === 'estimate') return minutesText(raw);
  // Minutes on the clock: days of work would say something else.
  if (typeof raw === 'number' && field === 'linkLag') return t('task.clockMinutes', { n: raw });
  if (typeof raw === 'number' && field === 'progress') return `${raw}%`;
  if (typeof raw === 'number' && times.has(field)) return allDay ? shortDate(raw) : fullTime(raw);
  for (const group of [
    'shared.priority',
    'project.kind',
    'project.roles',
    'shared.category',
    'task.reaction',
    'task.linkKind',
    'recurrence.code',
  ]) {
    if (typeof raw === 'string' && /^[a-z_]+$/.test(raw) && has(`${group}.${raw}`)) return t(`${group}.${raw}`);
  }
  return String(raw);
}

/** A journal entry's changes in words: which field, from what, to what. */
export function changeLines(changes: readonly Change[] | null | undefined): ChangeLine[] {
  const list = changes ?? [];
  const allDay = (field: string) =>
    list.some((c) => c.to === true && /all_?day/i.test(c.field) && c.field.slice(0, 3) === field.slice(0, 3));
  // Whether the day has a time is told by how the day itself is written.
  const dated = new Set(list.filter((c) => c.field.endsWith('At')).map((c) => c.field.replace(/At$/, 'AllDay')));
  return list
    .filter((c) => !silent.has(c.field) && !dated.has(c.field))
    .map((c) => {
      const key = `task.field.${c.field}`;
      const from = value(c.field, c.from, allDay(c.field));
      const to = value(c.field, c.to, allDay(c.field));
      return {
        field: c.field,
        // What people called a field of their own stands behind a colon, so that it is none of ours.
        label: c.field.startsWith('field:') ? c.field.slice(6) : has(key) ? t(key) : c.field,
        from,
        to,
        long: c.field === 'description' || from.length + to.length > 160,
      };
    });
}
