import type { RepeatRule } from '@/api/types';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Freq = RepeatRule['freq'];
export const freqs: Freq[] = ['day', 'workday', 'week', 'month', 'year'];
type Say = (key: string, values?: Record<string, unknown>) => string;

/** Year, month and day of a date like 2026-12-31, with its day of the week. */
function parts(date: string): { month: number; day: number; weekday: string } {
  const at = new Date(`${date}T00:00:00Z`);
  return { month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: weekdays[(at.getUTCDay() + 6) % 7] ?? 'mon' };
}

function dayText(n: number, say: Say): string {
  if (n === -1) return say('recurrence.lastDay');
  return n < 0 ? say('recurrence.lastN', { n: -n }) : say('recurrence.dayOf', { n });
}

function nthText(n: number, kind: string, say: Say): string {
  const day = say(`recurrence.code.${kind}`);
  if (n === -1) return say('recurrence.lastNth', { day });
  return n < 0 ? say('recurrence.lastNthN', { n: -n, day }) : say('recurrence.nth', { n, day });
}

/** On which days of its weeks, months or years a rule is; those of its first day where it does not say. */
function daysText(rule: RepeatRule, say: Say): string {
  const start = rule.start ? parts(rule.start) : undefined;
  if (rule.freq === 'week') {
    const named = rule.weekdays?.length ? rule.weekdays : start ? [start.weekday] : [];
    const inOrder = weekdays.filter((d) => named.includes(d));
    return inOrder.map((d) => say(`recurrence.short.${d}`)).join(say('recurrence.join'));
  }
  if (rule.freq !== 'month' && rule.freq !== 'year') return '';
  const list = [
    ...(rule.days ?? []).map((n) => dayText(n, say)),
    ...(rule.nth ?? []).map((x) => nthText(x.n, x.day, say)),
  ];
  if (!list.length && start) list.push(dayText(start.day, say));
  const text = list.join(say('recurrence.join'));
  if (rule.freq === 'month') return text;
  const named = rule.months?.length ? rule.months : start ? [start.month] : [];
  const months = named.map((n) => say('recurrence.monthOf', { n })).join(say('recurrence.join'));
  return months && text ? say('recurrence.dayInMonth', { months, days: text }) : months || text;
}

/** A rule in words: "every week on Mon, Wed, 10 times". */
export function ruleText(rule: RepeatRule, say: Say): string {
  const once = rule.every === 1;
  const base = once ? say(`recurrence.every.${rule.freq}`) : say(`recurrence.everyN.${rule.freq}`, { n: rule.every });
  const days = daysText(rule, say);
  const key = rule.freq !== 'week' ? 'on' : once ? 'onWeek' : 'onWeeks';
  const all = [days ? say(`recurrence.${key}`, { base, days }) : base];
  if (rule.from === 'done') all.push(say('recurrence.and.done'));
  if (rule.shift && rule.shift !== 'none') all.push(say(`recurrence.and.${rule.shift}`));
  if (rule.short === 'skip') all.push(say('recurrence.and.short'));
  if (rule.count) all.push(say('recurrence.and.count', { n: rule.count }));
  if (rule.until) all.push(say('recurrence.and.until', { day: rule.until }));
  if (rule.except?.length) all.push(say('recurrence.and.except', { n: rule.except.length }));
  return all.join(say('recurrence.comma'));
}

/** The preset that a rule is, if it is one. */
export function presetOf(rule: RepeatRule): Freq | undefined {
  const plain =
    rule.every === 1 &&
    (rule.from ?? 'due') === 'due' &&
    (rule.shift ?? 'none') === 'none' &&
    (rule.short ?? 'last') === 'last' &&
    !rule.count &&
    !rule.until &&
    ![rule.weekdays, rule.days, rule.nth, rule.months, rule.except].some((list) => list?.length);
  return plain ? rule.freq : undefined;
}

export interface Fields {
  freq: Freq;
  every: string;
  weekdays: string[];
  way: 'start' | 'day' | 'last' | 'nth';
  monthDays: string;
  position: number;
  kind: string;
  from: 'due' | 'done';
  shift: 'none' | 'next' | 'previous' | 'skip';
  end: 'never' | 'count' | 'until';
  count: string;
  until: string;
  except: string[];
}

/** What the form begins with. */
export function fieldsOf(rule?: RepeatRule): Fields {
  const nth = rule?.nth?.[0];
  const days = rule?.days ?? [];
  const last = days.length === 1 && days[0] === -1;
  return {
    freq: rule?.freq ?? 'week',
    every: String(rule?.every ?? 1),
    weekdays: [...(rule?.weekdays ?? [])],
    way: nth ? 'nth' : last ? 'last' : days.length ? 'day' : 'start',
    monthDays: last ? '' : days.join(', '),
    position: nth?.n ?? 1,
    kind: nth?.day ?? 'mon',
    from: rule?.from ?? 'due',
    shift: rule?.shift ?? 'none',
    end: rule?.count ? 'count' : rule?.until ? 'until' : 'never',
    count: String(rule?.count || 10),
    until: rule?.until ?? '',
    except: [...(rule?.except ?? [])],
  };
}

const whole = (text: string): number => (/^-?\d{1,6}$/.test(text.trim()) ? Number(text) : NaN);

/** The rule that the form says, on the ground of the one it began with; nothing when something in it is no number. */
export function ruleOf(f: Fields, before?: RepeatRule): RepeatRule | undefined {
  const rule: RepeatRule = { freq: f.freq, every: whole(f.every), from: f.from };
  if (before?.start) rule.start = before.start;
  if (f.freq === 'week' && f.weekdays.length) rule.weekdays = weekdays.filter((d) => f.weekdays.includes(d));
  if (f.freq === 'month' || f.freq === 'year') {
    if (f.way === 'day')
      rule.days = f.monthDays
        .split(/[\s,\uff0c\u3001]+/)
        .filter(Boolean)
        .map(whole);
    if (f.way === 'last') rule.days = [-1];
    // What the form does not show stays as it was.
    if (f.way === 'nth') rule.nth = [{ n: f.position, day: f.kind }, ...(before?.nth?.slice(1) ?? [])];
    if (f.way === 'nth' && before?.nth?.length && before.days?.length) rule.days = before.days;
    if (before?.short === 'skip') rule.short = 'skip';
    if (f.freq === 'year' && before?.months?.length) rule.months = before.months;
  }
  if (f.freq !== 'workday' && f.shift !== 'none') rule.shift = f.shift;
  if (f.end === 'count') rule.count = whole(f.count);
  if (f.end === 'until') rule.until = f.until;
  if (f.except.length) rule.except = [...f.except].sort();
  const numbers = [rule.every, ...(rule.days ?? []), ...(f.end === 'count' ? [rule.count ?? NaN] : [])];
  const fit = numbers.every((n) => Number.isFinite(n) && n !== 0) && rule.every > 0 && (rule.count ?? 1) > 0;
  const dated = f.end !== 'until' || f.until !== '';
  const named = f.way !== 'day' || !rule.days || rule.days.length > 0;
  return fit && dated && named ? rule : undefined;
}
