import { describe, expect, it } from 'vitest';
import type { RepeatRule } from '@/api/types';
import en from './locales/en.json';
import zh from './locales/zh-CN.json';
import { fieldsOf, presetOf, ruleOf, ruleText } from './rule';

function speaker(words: object) {
  return (key: string, values: Record<string, unknown> = {}): string => {
    const text = key.split('.').reduce<unknown>((o, k) => (o as Record<string, unknown>)[k], words);
    expect(text, key).toBeTypeOf('string');
    return String(text).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  };
}
const chinese = (rule: RepeatRule) => ruleText(rule, speaker(zh));
const english = (rule: RepeatRule) => ruleText(rule, speaker(en));

describe('a rule in words', () => {
  it('is said in both languages', () => {
    const twice: RepeatRule = { freq: 'week', every: 1, weekdays: ['wed', 'mon'], count: 10 };
    expect(chinese(twice)).toBe('每周一、三，共 10 次');
    expect(english(twice)).toBe('Every week on Mon, Wed, 10 times');
    expect(chinese({ freq: 'week', every: 2, weekdays: ['fri'] })).toBe('每 2 周的周五');
    expect(chinese({ freq: 'day', every: 3, from: 'done' })).toBe('每 3 天，从完成日起算');
    expect(chinese({ freq: 'workday', every: 1 })).toBe('每个工作日');
    expect(english({ freq: 'workday', every: 2, until: '2027-01-31' })).toBe('Every 2 working days, until 2027-01-31');
  });
  it('says the day of its beginning where it names none', () => {
    expect(chinese({ freq: 'week', every: 1, start: '2026-11-28' })).toBe('每周六');
    expect(chinese({ freq: 'month', every: 1, start: '2026-11-28' })).toBe('每月28日');
    expect(chinese({ freq: 'year', every: 1, start: '2026-11-28' })).toBe('每年11月28日');
  });
  it('says days of a month, what becomes of days off, and what is left out', () => {
    expect(chinese({ freq: 'month', every: 1, days: [15, -1, -3], shift: 'next', except: ['2026-12-15'] })).toBe(
      '每月15日、最后一天、倒数第 3 天，遇休息日顺延，除去 1 天',
    );
    expect(
      chinese({
        freq: 'month',
        every: 1,
        nth: [
          { n: 2, day: 'tue' },
          { n: -1, day: 'workday' },
        ],
      }),
    ).toBe('每月第 2 个周二、最后一个工作日');
    expect(english({ freq: 'year', every: 1, months: [3, 9], days: [1], short: 'skip' })).toBe(
      'Every year on day 1 of month 3, month 9, left out of months without that day',
    );
  });
});

describe('the form', () => {
  it('leads back to the rule that it began with', () => {
    const rules: RepeatRule[] = [
      { freq: 'week', every: 2, from: 'done', weekdays: ['mon', 'fri'], start: '2026-11-28' },
      { freq: 'month', every: 1, from: 'due', days: [1, 15], shift: 'previous', count: 5 },
      { freq: 'month', every: 1, from: 'due', days: [-1], until: '2027-01-01' },
      { freq: 'year', every: 1, from: 'due', nth: [{ n: -1, day: 'fri' }], months: [6], short: 'skip' },
      {
        freq: 'month',
        every: 1,
        from: 'due',
        nth: [
          { n: 1, day: 'mon' },
          { n: 3, day: 'mon' },
        ],
        days: [31],
      },
      { freq: 'day', every: 1, from: 'due', except: ['2026-12-01', '2026-12-25'] },
    ];
    for (const rule of rules) expect(ruleOf(fieldsOf(rule), rule)).toEqual(rule);
  });
  it('has no rule while something is no number or missing', () => {
    for (const wrong of [
      { every: 'x' },
      { every: '0' },
      { every: '-1' },
      { end: 'count' as const, count: '' },
      { end: 'until' as const },
      { freq: 'month' as const, way: 'day' as const, monthDays: '' },
      { freq: 'month' as const, way: 'day' as const, monthDays: '1, x' },
    ])
      expect(ruleOf({ ...fieldsOf(), ...wrong })).toBeUndefined();
  });
  it('knows its presets', () => {
    expect(presetOf({ freq: 'week', every: 1, from: 'due', short: 'last', shift: 'none', start: '2026-11-28' })).toBe(
      'week',
    );
    expect(presetOf({ freq: 'week', every: 2 })).toBeUndefined();
    expect(presetOf({ freq: 'week', every: 1, weekdays: ['mon'] })).toBeUndefined();
    expect(presetOf({ freq: 'day', every: 1, count: 3 })).toBeUndefined();
  });
});
