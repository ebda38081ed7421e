import { describe, expect, it } from 'vitest';
import type { FoundTask } from '@/api/types';
import { addDays, dayText, layoutWeek, onDay, readDay, shifted, step, weeksOf, within } from './calendar';

const at = (d: number, hour = 0, month = 10) => new Date(2026, month, d, hour).getTime();
const task = (id: number, dueAt: number | null, startAt: number | null = null): FoundTask =>
  ({ id, dueAt, startAt }) as FoundTask;

describe('the calendar', () => {
  it('shows whole weeks from Monday', () => {
    const weeks = weeksOf(at(28), 'month');
    expect(weeks.map((w) => dayText(w[0]))).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
      '2026-11-30',
    ]);
    expect(weeks.every((w) => w.length === 7)).toBe(true);
    expect(dayText(weeksOf(at(29), 'week')[0][0])).toBe('2026-11-23');
    expect(dayText(step(at(30), 'month', 1))).toBe('2026-12-01');
    expect(dayText(step(at(30), 'week', -1))).toBe('2026-11-23');
  });
  it('reads days, and nothing else', () => {
    expect(readDay('2026-11-28')).toBe(at(28));
    for (const text of ['2026-02-30', '28.11.2026', '', undefined, 7]) expect(readDay(text)).toBeUndefined();
  });
  it('places tasks below each other and counts what has no place', () => {
    const week = weeksOf(at(25), 'week')[0];
    const tasks = [
      task(1, at(24)),
      task(2, at(26, 18), at(20)),
      task(3, at(24, 9)),
      task(4, null),
      task(5, at(40)),
      task(6, at(29), at(27)),
    ];
    const { bars, hidden } = layoutWeek(tasks, week, 2);
    expect(bars.map((b) => [b.task.id, b.at, b.span, b.lane, b.begins, b.ends])).toEqual([
      [2, 0, 4, 0, false, true],
      [1, 1, 1, 1, true, true],
      [6, 4, 3, 0, true, true],
    ]);
    expect(hidden).toEqual([0, 1, 0, 0, 0, 0, 0]);
    expect(onDay(tasks, at(24)).map((x) => x.id)).toEqual([1, 2, 3]);
  });
  it('moves both dates and keeps the time of day', () => {
    expect(shifted(task(1, at(28, 18), at(27)), 3)).toEqual({ dueAt: at(31, 18), startAt: at(30) });
    expect(shifted(task(1, at(28)), -28)).toEqual({ dueAt: at(31, 0, 9) });
    expect(addDays(at(28), 1)).toBe(at(29));
  });
  it('asks for what reaches into it', () => {
    expect(within(at(1), at(30)).any).toHaveLength(3);
    expect(within(at(1), at(30)).any?.[0]).toEqual({
      field: 'due',
      op: 'between',
      values: ['2026-10-31', '2026-12-01'],
    });
  });
});
