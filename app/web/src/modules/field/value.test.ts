import { describe, expect, it } from 'vitest';
import { merged, typed } from './value';

describe('options that were typed', () => {
  it('keep their ids, and are retired instead of lost', () => {
    const first = merged('低\n 高 \n\n低', []);
    expect(first).toEqual([
      { id: 'o1', label: '低' },
      { id: 'o2', label: '高' },
    ]);
    expect(merged('中\n高', first)).toEqual([
      { id: 'o3', label: '中' },
      { id: 'o2', label: '高', retired: false },
      { id: 'o1', label: '低', retired: true },
    ]);
  });
});

describe('what is sent', () => {
  it('is a number, a text or nothing', () => {
    expect(typed('number', ' 12.5 ')).toBe(12.5);
    expect(typed('number', '十二')).toBeUndefined();
    expect(typed('text', ' 甲 ')).toBe('甲');
    expect(typed('number', ' ')).toBeNull();
  });
});
