import { t } from './i18n';

/** A working day, in minutes: what people mean by "a day of work". */
export const workDay = 480;

const minutesOf: Record<string, number> = { w: 5 * workDay, d: workDay, h: 60, m: 1 };

/** What people call the units in their language, as "word:unit"; English ones are understood everywhere. */
function units(): Map<string, number> {
  const found = new Map<string, number>();
  const english =
    'w:w,week:w,weeks:w,d:d,day:d,days:d,h:h,hr:h,hrs:h,hour:h,hours:h,m:m,min:m,mins:m,minute:m,minutes:m';
  for (const pair of `${english},${t('shared.duration.units')}`.split(',')) {
    const [word, unit] = pair.split(':');
    if (unit in minutesOf) found.set(word, minutesOf[unit]);
  }
  return found;
}

/** Reads what people type: "2h", "1.5d", "1d 4h", "90m", "1h30"; a bare number is hours. Null when it is none. */
export function parseMinutes(text: string): number | null {
  let rest = text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
  const half = t('shared.duration.half');
  const known = units();
  let total = 0;
  let last = 60;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d+)?)([^\d.]*)/.exec(rest) ?? (rest.startsWith(half) ? /^()([^\d.]*)/.exec(rest) : null);
    if (!part) return null;
    const word = part[1] === '' ? part[2].slice(half.length) : part[2];
    const unit = word === '' ? (part[1] === '' ? undefined : last) : known.get(word);
    if (unit === undefined) return null;
    total += (part[1] === '' ? 0.5 : Number(part[1])) * unit;
    // What follows hours without a unit are minutes.
    last = unit === 60 ? 1 : 60;
    rest = rest.slice(part[0].length);
  }
  return Math.round(total);
}

/** The shortest words that say it exactly: days of eight hours, hours, minutes. */
export function minutesText(minutes: number): string {
  const days = Math.floor(minutes / workDay);
  const hours = Math.floor((minutes % workDay) / 60);
  const rest = minutes % 60;
  const parts: string[] = [];
  if (days) parts.push(t('shared.duration.days', { n: days }));
  if (hours) parts.push(t('shared.duration.hours', { n: hours }));
  if (rest || parts.length === 0) parts.push(t('shared.duration.minutes', { n: rest }));
  return parts.join(' ');
}
