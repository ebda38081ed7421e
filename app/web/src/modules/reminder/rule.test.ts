import { describe, expect, it } from 'vitest';
import { clockMinutes, clockText, inUnit, presets, ruleText, sameRule } from './rule';

const say = (key: string, values?: Record<string, unknown>): string =>
  `${key.replace('reminder.', '')}(${Object.values(values ?? {}).join(' ')})`;
const time = (at: number): string => `@${at}`;

describe('reminders in words', () => {
  it('says every preset in its own way', () => {
    const texts = presets.map((p) => ruleText(p.rule, say, time));
    expect(texts).toEqual([
      'atDate(anchor.due())',
      'before(anchor.due() length.minute(15))',
      'before(anchor.due() length.hour(1))',
      'before(anchor.due() length.day(1))',
      'onDay(anchor.due() 09:00)',
    ]);
  });
  it('says what comes after a date, on other days, at a moment, and again', () => {
    expect(ruleText({ anchor: 'start', before: -90 }, say, time)).toBe('after(anchor.start() length.minute(90))');
    expect(ruleText({ anchor: 'due', before: 2880, clock: 0 }, say, time)).toBe('daysBefore(anchor.due() 00:00 2)');
    expect(ruleText({ anchor: 'due', before: -1440, clock: 61 }, say, time)).toBe('daysAfter(anchor.due() 01:01 1)');
    expect(ruleText({ anchor: 'time', at: 7, every: 120 }, say, time)).toBe('repeating(@7 length.hour(2))');
  });
});

describe('reminders that are the same', () => {
  it('does not mind how nothing is written', () => {
    expect(sameRule({ anchor: 'due', before: 0, clock: null, at: null }, { anchor: 'due' })).toBe(true);
    expect(sameRule({ anchor: 'due', clock: 0 }, { anchor: 'due' })).toBe(false);
    expect(sameRule({ anchor: 'due', before: 15 }, { anchor: 'due', before: 15, every: 60 })).toBe(false);
  });
});

describe('lengths and times', () => {
  it('takes the largest unit that is exact', () => {
    expect(inUnit(1440)).toEqual({ n: 1, unit: 'day' });
    expect(inUnit(90)).toEqual({ n: 90, unit: 'minute' });
    expect(inUnit(0)).toEqual({ n: 0, unit: 'minute' });
  });
  it('reads times of the day and refuses others', () => {
    expect(clockMinutes('09:05')).toBe(545);
    expect(clockText(545)).toBe('09:05');
    for (const bad of ['', '24:00', '9', '12:60', 'x']) expect(clockMinutes(bad)).toBeNull();
  });
});
