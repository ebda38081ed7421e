import type { Reminder, ReminderInput } from '@/api/types';

const dayLong = 1440;

/** What most people want, one press each. */
export const presets: readonly { id: string; rule: ReminderInput }[] = [
  { id: 'atDue', rule: { anchor: 'due' } },
  { id: 'quarter', rule: { anchor: 'due', before: 15 } },
  { id: 'hour', rule: { anchor: 'due', before: 60 } },
  { id: 'day', rule: { anchor: 'due', before: dayLong } },
  { id: 'nine', rule: { anchor: 'due', clock: 540 } },
];

export type Unit = 'minute' | 'hour' | 'day';
export const unitMinutes: Record<Unit, number> = { minute: 1, hour: 60, day: dayLong };

/** The number and the largest unit that say so many minutes exactly. */
export function inUnit(minutes: number): { n: number; unit: Unit } {
  for (const unit of ['day', 'hour'] as const)
    if (minutes !== 0 && minutes % unitMinutes[unit] === 0) return { n: minutes / unitMinutes[unit], unit };
  return { n: minutes, unit: 'minute' };
}

export function clockText(minute: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** "HH:MM" as minutes of the day; null when it is none. */
export function clockMinutes(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

export function sameRule(a: ReminderInput, b: ReminderInput): boolean {
  return (
    a.anchor === b.anchor &&
    (a.before ?? 0) === (b.before ?? 0) &&
    (a.clock ?? -1) === (b.clock ?? -1) &&
    (a.at ?? 0) === (b.at ?? 0) &&
    (a.every ?? 0) === (b.every ?? 0)
  );
}

type Say = (key: string, values?: Record<string, unknown>) => string;

/** A reminder in words: "15 minutes before it is due, then each day until done". */
export function ruleText(rule: Reminder | ReminderInput, t: Say, time: (at: number) => string): string {
  const before = rule.before ?? 0;
  let text: string;
  if (rule.anchor === 'time') text = time(rule.at ?? 0);
  else {
    const anchor = t(`reminder.anchor.${rule.anchor}`);
    if (rule.clock !== undefined && rule.clock !== null) {
      const clock = clockText(rule.clock);
      const n = Math.abs(before) / dayLong;
      if (before === 0) text = t('reminder.onDay', { anchor, clock });
      else text = t(before > 0 ? 'reminder.daysBefore' : 'reminder.daysAfter', { anchor, clock, n });
    } else if (before === 0) text = t('reminder.atDate', { anchor });
    else {
      const { n, unit } = inUnit(Math.abs(before));
      const length = t(`reminder.length.${unit}`, { n });
      text = t(before > 0 ? 'reminder.before' : 'reminder.after', { anchor, length });
    }
  }
  if (!rule.every) return text;
  const { n, unit } = inUnit(rule.every);
  return t('reminder.repeating', { text, length: t(`reminder.length.${unit}`, { n }) });
}
