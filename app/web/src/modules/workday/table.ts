import type { WorkSpecial, WorkTable } from '@/api/types';

/** A table without the version that it is sent with. */
export type Table = Omit<WorkTable, 'version'>;

// Beside the usual marks, the signs for year and month stand between the numbers.
const dates = /(?:(\d{4})\s*[-/.\u5e74]\s*)?(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})/g;
const two = (n: number): string => String(n).padStart(2, '0');

function datesIn(text: string, year: number): string[] {
  return [...text.matchAll(dates)].map((d) => `${d[1] ?? year}-${two(Number(d[2]))}-${two(Number(d[3]))}`);
}

/** The words of a table as people write it. */
export interface Words {
  /** Codes of holidays by what they are called. */
  names: Record<string, string>;
  /** What stands before days that are worked, and behind days that are free. */
  worked: string[];
  free: string[];
}

/** A line's free days and its worked ones, as far as a word tells them apart: a notice says that word behind the dates. */
function halves(line: string, words: Words): { free: string; worked?: string } {
  const behind = words.free.find((w) => line.includes(w));
  if (behind) {
    const end = line.indexOf(behind) + behind.length;
    return { free: line.slice(0, end), worked: line.slice(end) };
  }
  const places = words.worked.map((w) => line.toLowerCase().indexOf(w.toLowerCase())).filter((at) => at >= 0);
  const at = Math.min(...places);
  return places.length ? { free: line.slice(0, at), worked: line.slice(at) } : { free: line };
}

/**
 * Reads what somebody sends: the JSON of the API, or lines as they stand in a spreadsheet or a notice, such as
 * "Spring Festival, 2027-02-05 to 2027-02-11, worked: 2027-01-31". Nothing comes back when there is no line with a date.
 */
export function readTable(text: string, year: number, title: string, words: Words): Table | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return readJson(trimmed, title);
  const table: Table = { source: { title }, holidays: [], workdays: [] };
  for (const line of trimmed.split(/\r?\n/)) {
    const { free, worked: named } = halves(line, words);
    const found = datesIn(free, year);
    const from = found[0];
    if (!from) continue;
    const codes = Object.keys(words.names).filter((name) => line.toLowerCase().includes(name.toLowerCase()));
    const holiday: Table['holidays'] extends (infer H)[] | null ? H : never = {
      names: [...new Set(codes.map((name) => words.names[name] ?? 'other'))],
      from,
      to: found[1] ?? from,
    };
    if (!holiday.names?.length) {
      holiday.names = ['other'];
      holiday.label = free
        .slice(0, free.search(/\d/))
        .replace(/[\s:\uff1a,\uff0c\u3001]+$/, '')
        .trim();
    }
    table.holidays?.push(holiday);
    const worked = named === undefined ? found.slice(2) : datesIn(named, year);
    for (const date of worked) table.workdays?.push({ date, for: holiday.names[0] ?? 'other' });
  }
  return table.holidays?.length ? table : undefined;
}

function readJson(text: string, title: string): Table | undefined {
  try {
    const raw = JSON.parse(text) as Partial<Table>;
    if (!Array.isArray(raw.holidays)) return undefined;
    return {
      source: raw.source?.title ? raw.source : { title },
      holidays: raw.holidays,
      workdays: Array.isArray(raw.workdays) ? raw.workdays : [],
    };
  } catch {
    return undefined;
  }
}

const next = (date: string, by: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);

/** The days of the organisation's own with one of them set, or left to the tables when there is nothing to set. */
export function withDay(
  days: readonly WorkSpecial[],
  date: string,
  own?: Omit<WorkSpecial, 'from' | 'to'>,
): WorkSpecial[] {
  const out: WorkSpecial[] = [];
  for (const d of days) {
    const to = d.to && d.to > d.from ? d.to : d.from;
    if (date < d.from || date > to) {
      out.push(d);
      continue;
    }
    // A stretch that holds the day goes on before and behind it.
    if (d.from < date) out.push({ ...d, to: next(date, -1) });
    if (date < to) out.push({ ...d, from: next(date, 1), to });
  }
  if (own) out.push({ from: date, ...own });
  return out.sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Hours as people type them, one span after another; nothing when one of them is none. */
export function readHours(text: string): string[] | undefined {
  const spans = text.split(/[\s,\uff0c\u3001;\uff1b]+/).filter(Boolean);
  const fit = spans.every((s) => /^\d{2}:\d{2}-\d{2}:\d{2}$/.test(s));
  return fit ? spans : undefined;
}
