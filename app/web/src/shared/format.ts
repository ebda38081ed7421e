import { currentLanguage, t } from './i18n';

const day = 86_400_000;

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(currentLanguage(), options).format(at);
}
export function startOfDay(at: number): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}
export function fullTime(at: number): string {
  return format(at, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
export function fullTimeSeconds(at: number): string {
  return format(at, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
}
export function clockTime(at: number): string {
  return format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}
export function shortDate(at: number): string {
  const thisYear = new Date().getFullYear() === new Date(at).getFullYear();
  return format(
    at,
    thisYear ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'short', day: 'numeric' },
  );
}
/** "3 minutes ago" near by, a date further away. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 45) return t('shared.time.now');
  const words = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' });
  if (seconds < 3600) return words.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 86_400) return words.format(-Math.round(seconds / 3600), 'hour');
  const days = Math.round((startOfDay(now) - startOfDay(at)) / day);
  if (days < 7) return words.format(-days, 'day');
  return shortDate(at);
}

export type DueTone = 'late' | 'soon' | 'later' | 'done';
export interface DueView {
  text: string;
  tone: DueTone;
}
export function dueView(
  task: { dueAt?: number | null; dueAllDay: boolean; doneAt?: number | null },
  now = Date.now(),
): DueView | null {
  if (task.dueAt === null || task.dueAt === undefined) return null;
  const days = Math.round((startOfDay(task.dueAt) - startOfDay(now)) / day);
  // A whole-day task is late only when its day is over.
  const late = task.dueAllDay ? days < 0 : task.dueAt < now;
  let text: string;
  if (days === 0) text = t('shared.time.today');
  else if (days === 1) text = t('shared.time.tomorrow');
  else if (days === -1) text = t('shared.time.yesterday');
  else text = shortDate(task.dueAt);
  if (!task.dueAllDay) text += ' ' + clockTime(task.dueAt);
  const tone: DueTone = task.doneAt ? 'done' : late ? 'late' : days <= 1 ? 'soon' : 'later';
  return { text, tone };
}
