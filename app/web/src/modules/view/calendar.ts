import type { Filter, FoundTask } from '@/api/types';
import { startOfDay } from '@/shared/format';

export type Mode = 'month' | 'week';

/** Days are not always of 24 hours, so they are counted by the calendar. */
export function addDays(at: number, n: number): number {
  const date = new Date(at);
  date.setDate(date.getDate() + n);
  return date.getTime();
}
export const daysBetween = (from: number, to: number): number =>
  Math.round((startOfDay(to) - startOfDay(from)) / 86_400_000);

export function dayText(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
export function readDay(text: unknown): number | undefined {
  const found = typeof text === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) : null;
  if (!found) return undefined;
  const at = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3])).getTime();
  return dayText(at) === text ? at : undefined;
}
const monday = (at: number): number => addDays(startOfDay(at), -((new Date(at).getDay() + 6) % 7));

/** The weeks that are shown, each from Monday to Sunday, by the beginnings of their days. */
export function weeksOf(at: number, mode: Mode): number[][] {
  const week = (from: number) => Array.from({ length: 7 }, (_, i) => addDays(from, i));
  if (mode === 'week') return [week(monday(at))];
  const date = new Date(at);
  const last = new Date(date.getFullYear(), date.getMonth() + 1, 0).getTime();
  const weeks: number[][] = [];
  for (
    let from = monday(new Date(date.getFullYear(), date.getMonth(), 1).getTime());
    from <= last;
    from = addDays(from, 7)
  )
    weeks.push(week(from));
  return weeks;
}
export function step(at: number, mode: Mode, by: 1 | -1): number {
  if (mode === 'week') return addDays(at, 7 * by);
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth() + by, 1).getTime();
}

/** The days of a task: from its beginning to its end, or the one day it has a date on. */
export function stretchOf(task: FoundTask): { from: number; to: number } | null {
  const end = task.dueAt ?? task.startAt;
  if (!end) return null;
  const to = startOfDay(end);
  const from = task.startAt ? startOfDay(task.startAt) : to;
  return { from: Math.min(from, to), to };
}

export interface Bar {
  task: FoundTask;
  /** Column of its first day in the week, and how many days of the week it lasts. */
  at: number;
  span: number;
  lane: number;
  begins: boolean;
  ends: boolean;
}

/** Places the tasks of a week below each other, long ones first; what has no place is counted by day. */
export function layoutWeek(tasks: readonly FoundTask[], days: readonly number[], lanes: number) {
  const bars: Bar[] = [];
  const hidden = days.map(() => 0);
  const first = days[0];
  const last = days[days.length - 1];
  const taken: boolean[][] = [];
  const found = tasks
    .map((task) => ({ task, days: stretchOf(task) }))
    .filter((x): x is { task: FoundTask; days: { from: number; to: number } } => {
      return x.days !== null && x.days.from <= last && x.days.to >= first;
    })
    .sort((a, b) => a.days.from - b.days.from || b.days.to - a.days.to || a.task.id - b.task.id);
  for (const { task, days: stretch } of found) {
    const at = Math.max(0, daysBetween(first, stretch.from));
    const span = Math.min(days.length - 1, daysBetween(first, stretch.to)) - at + 1;
    let lane = 0;
    const free = (n: number) => !Array.from({ length: span }, (_, i) => taken[n]?.[at + i]).some(Boolean);
    while (lane < lanes && !free(lane)) lane++;
    if (lane === lanes) {
      for (let i = at; i < at + span; i++) hidden[i]++;
      continue;
    }
    taken[lane] = taken[lane] ?? [];
    for (let i = at; i < at + span; i++) taken[lane][i] = true;
    bars.push({ task, at, span, lane, begins: stretch.from >= first, ends: stretch.to <= last });
  }
  return { bars, hidden };
}
export function onDay(tasks: readonly FoundTask[], day: number): FoundTask[] {
  return tasks.filter((task) => {
    const s = stretchOf(task);
    return s !== null && s.from <= day && s.to >= day;
  });
}

/** The dates of a task so many days later, at the same time of day. */
export function shifted(task: FoundTask, days: number): { dueAt?: number; startAt?: number } {
  return {
    ...(task.dueAt ? { dueAt: addDays(task.dueAt, days) } : {}),
    ...(task.startAt ? { startAt: addDays(task.startAt, days) } : {}),
  };
}

/** What can be seen between two days; a day more on both sides, because others' days begin elsewhere. */
export function within(from: number, to: number): Filter {
  const a = dayText(addDays(from, -1));
  const b = dayText(addDays(to, 1));
  const between = (field: string): Filter => ({ field, op: 'between', values: [a, b] });
  return {
    any: [
      between('due'),
      between('start'),
      {
        all: [
          { field: 'start', op: 'before', values: [a] },
          { field: 'due', op: 'after', values: [b] },
        ],
      },
    ],
  };
}
