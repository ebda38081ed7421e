import { beforeEach, describe, expect, it } from 'vitest';
import { minutesText, parseMinutes } from './duration';
import { startLanguage, useLanguage } from './i18n';

beforeEach(async () => {
  await startLanguage([]);
  await useLanguage('zh-CN');
});

describe('a duration', () => {
  it('is read as people type it', () => {
    const read: Record<string, number | null> = {
      '': 0,
      '2': 120,
      '2h': 120,
      '2 H': 120,
      '1.5小时': 90,
      半小时: 30,
      半天: 240,
      '1天4小时': 720,
      '1d 4h': 720,
      '90m': 90,
      '９０分钟': 90,
      '1h30': 90,
      '1h30m': 90,
      '2周': 4800,
      '1w': 2400,
      '0.25d': 120,
      soon: null,
      半: null,
      half: null,
      '2x': null,
      '-1h': null,
      '1h ago': null,
    };
    for (const [text, minutes] of Object.entries(read)) expect([text, parseMinutes(text)]).toEqual([text, minutes]);
  });

  it('is written so that it can be read again', () => {
    expect(minutesText(0)).toBe('0 分钟');
    expect(minutesText(90)).toBe('1 小时 30 分钟');
    expect(minutesText(720)).toBe('1 天 4 小时');
    for (let n = 0; n < 3000; n += 7) expect(parseMinutes(minutesText(n))).toBe(n);
  });

  it('is read and written in English', async () => {
    await useLanguage('en');
    expect(minutesText(570)).toBe('1 d 1 h 30 min');
    expect(parseMinutes('1 d 1 h 30 min')).toBe(570);
    expect(parseMinutes('half day')).toBe(240);
  });
});
