import { describe, expect, it } from 'vitest';
import { readHours, readTable, withDay } from './table';

const names = { 元旦: 'new_year', 春节: 'spring_festival', 国庆节: 'national', 中秋节: 'mid_autumn' };
const read = (text: string) =>
  readTable(text, 2027, '通知', { names, worked: ['调休', '上班', 'worked'], free: ['放假'] });

describe('a table that is pasted', () => {
  it('is read from a spreadsheet and from a notice', () => {
    expect(read('元旦\t2027-01-01\t2027-01-03\n春节\t2027/2/5\t2027/2/11\t2027/1/31\t2027/2/13\n')).toEqual({
      source: { title: '通知' },
      holidays: [
        { names: ['new_year'], from: '2027-01-01', to: '2027-01-03' },
        { names: ['spring_festival'], from: '2027-02-05', to: '2027-02-11' },
      ],
      workdays: [
        { date: '2027-01-31', for: 'spring_festival' },
        { date: '2027-02-13', for: 'spring_festival' },
      ],
    });
    const notice = read('国庆节、中秋节：10月1日至10月8日放假，9月26日上班。');
    expect(notice?.holidays).toEqual([{ names: ['national', 'mid_autumn'], from: '2027-10-01', to: '2027-10-08' }]);
    expect(read('元旦 1月1日 调休 1月9日')?.workdays).toEqual([{ date: '2027-01-09', for: 'new_year' }]);
    expect(read('建城日：3月15日')?.holidays).toEqual([
      { names: ['other'], label: '建城日', from: '2027-03-15', to: '2027-03-15' },
    ]);
  });
  it('is read from JSON, and is nothing without a holiday', () => {
    const holidays = [{ names: ['new_year'], from: '2027-01-01', to: '2027-01-03' }];
    expect(read(JSON.stringify({ year: 2027, source: { title: '原文' }, holidays }))).toEqual({
      source: { title: '原文' },
      holidays,
      workdays: [],
    });
    for (const nothing of ['', '没有日期', '{', '{}', '{"holidays":1}']) expect(read(nothing)).toBeUndefined();
  });
});

describe('days of the organisation', () => {
  it('sets one, and takes one out of a stretch', () => {
    const days = [{ from: '2026-12-24', to: '2026-12-26', name: '司庆' }];
    expect(withDay(days, '2026-12-31', { name: '年会' })).toEqual([...days, { from: '2026-12-31', name: '年会' }]);
    expect(withDay(days, '2026-12-25')).toEqual([
      { from: '2026-12-24', to: '2026-12-24', name: '司庆' },
      { from: '2026-12-26', to: '2026-12-26', name: '司庆' },
    ]);
    expect(withDay([{ from: '2026-12-25' }], '2026-12-25', { hours: ['09:00-12:00'] })).toEqual([
      { from: '2026-12-25', hours: ['09:00-12:00'] },
    ]);
  });
  it('reads hours', () => {
    expect(readHours('09:00-12:00, 13:00-18:00')).toEqual(['09:00-12:00', '13:00-18:00']);
    expect(readHours('9-12')).toBeUndefined();
  });
});
