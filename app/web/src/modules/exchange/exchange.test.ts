import { describe, expect, it } from 'vitest';
import { fileName } from './api';
import { troubleTable } from './table';

describe('files', () => {
  it('are called what the server calls them', () => {
    expect(fileName("attachment; filename*=utf-8''%E4%BB%BB%E5%8A%A1.csv", 'x.csv')).toBe('任务.csv');
    expect(fileName('attachment; filename="a b.csv"', 'x.csv')).toBe('a b.csv');
    expect(fileName("attachment; filename*=utf-8''%E4%ZZ", 'x.csv')).toBe('x.csv');
    expect(fileName(null, 'x.csv')).toBe('x.csv');
  });
  it('tell problems without anything that a spreadsheet would run', () => {
    const told = troubleTable(
      ['行', '列', '列名', '程度', '问题'],
      [{ severity: 'warning', row: 3, column: 0, header: '=1+1', code: 'value.date', message: '“a,"b"”不是日期' }],
      (s) => s.toUpperCase(),
    );
    expect(told).toBe('\ufeff行,列,列名,程度,问题\r\n3,,\'=1+1,WARNING,"“a,""b""”不是日期"\r\n');
  });
});
