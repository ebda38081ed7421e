import type { FoundTask, State } from '@/api/types';
import { startOfDay } from '@/shared/format';
import { priorities } from './filter';

export interface GroupRow {
  kind: 'group';
  key: string;
  count: number;
  /** Minutes, of all its tasks together. */
  estimate: number;
  first: FoundTask;
}
export type Row = GroupRow | { kind: 'task'; key: string; task: FoundTask };

export const dueBuckets = ['late', 'today', 'week', 'later', 'undated', 'done'] as const;
export type DueBucket = (typeof dueBuckets)[number];

export function dueBucket(task: FoundTask, now: number): DueBucket {
  if (task.doneAt) return 'done';
  const at = task.dueAt;
  if (!at) return 'undated';
  const today = startOfDay(now);
  if (task.dueAllDay ? startOfDay(at) < today : at < now) return 'late';
  if (startOfDay(at) === today) return 'today';
  return at < today + 7 * 86_400_000 ? 'week' : 'later';
}

function keyOf(task: FoundTask, group: string, now: number): string {
  switch (group) {
    case 'state':
      return String(task.stateId);
    case 'priority':
      return task.priority;
    case 'project':
      return String(task.projectId);
    case 'due':
      return dueBucket(task, now);
    default:
      // Several people responsible for one task are a group of their own: nothing is counted twice.
      return task.assignees
        .map((p) => p.id)
        .sort((a, b) => a - b)
        .join(',');
  }
}

/** What the table shows from top to bottom: tasks, below the heads of their groups, without those folded away. */
export function rowsOf(
  tasks: readonly FoundTask[],
  group: string,
  folded: ReadonlySet<string>,
  states: readonly State[],
  now: number,
): Row[] {
  if (!group) return tasks.map((task) => ({ kind: 'task', key: `t${task.id}`, task }));
  const found = new Map<string, FoundTask[]>();
  for (const task of tasks) {
    const key = keyOf(task, group, now);
    const list = found.get(key);
    if (list) list.push(task);
    else found.set(key, [task]);
  }
  const order: readonly string[] =
    group === 'state'
      ? states.map((s) => String(s.id))
      : group === 'priority'
        ? priorities
        : group === 'due'
          ? dueBuckets
          : [];
  const rank = (key: string): number => {
    const i = order.indexOf(key);
    return i >= 0 ? i : key === '' ? order.length + 1 : order.length;
  };
  // The sort is stable: what has no order of its own stays as the tasks came.
  const keys = [...found.keys()].sort((a, b) => rank(a) - rank(b));
  const out: Row[] = [];
  for (const key of keys) {
    const list = found.get(key) ?? [];
    const estimate = list.reduce((n, x) => n + x.estimate, 0);
    out.push({ kind: 'group', key, count: list.length, estimate, first: list[0] });
    if (!folded.has(key)) for (const task of list) out.push({ kind: 'task', key: `t${task.id}`, task });
  }
  return out;
}
