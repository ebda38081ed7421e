import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditReader, AuditReport } from '@/api/types';
import { addWords, startLanguage, useLanguage } from '@/shared/i18n';
import { healthOf, readerName, reportLines } from './health';
import audit, { pageWords } from './index';

// The test's document knows no media queries, which the theme asks for as soon as it is loaded.
vi.hoisted(() => {
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});
const reader = (change: Partial<AuditReader>): AuditReader => ({
  name: 'notify',
  seq: 10,
  lag: 0,
  attempts: 0,
  updatedAt: 1,
  ...change,
});
const report = (change: Partial<AuditReport>): AuditReport => ({
  ok: true,
  entries: 2050,
  head: 2050,
  headHash: 'ab',
  start: 0,
  signed: 2048,
  checkpoints: 2,
  anchors: 1,
  ...change,
});

beforeEach(async () => {
  await startLanguage([audit]);
  await useLanguage('zh-CN');
  await addWords(pageWords);
});

describe('the health of the journal', () => {
  it('tells a reader that waits for somebody from one that tries again or is only behind', () => {
    expect(healthOf(reader({ parkedAt: 5, error: 'x', attempts: 8 }))).toBe('parked');
    expect(healthOf(reader({ error: 'x', attempts: 2 }))).toBe('failing');
    expect(healthOf(reader({ lag: 5000 }))).toBe('behind');
    expect(healthOf(reader({ lag: 3 }))).toBe('works');
  });
  it('names readers, and bears those of a later version', () => {
    expect(readerName('search.index')).toBe('搜索索引');
    expect(readerName('webhook.out')).toBe('webhook.out');
  });
  it('says in words what was verified and what was not', () => {
    expect(reportLines(report({}))).toEqual([
      '校验通过：2,050 条记录完整，没有被改动',
      '2 个签名检查点完好，签到第 2,048 条。',
      '之后的 2 条还未签名，一分钟内会签上。',
      '与存放在外面的 1 个锚点一致，末尾没有被截断。',
    ]);
    const bare = reportLines(report({ checkpoints: 1, signed: 0, anchors: 0, start: 1024 })).join('');
    expect(bare).toMatch(/还未签名，一分钟内.*无法发现末尾被截断.*第 1,024 条及更早/);
  });
  it('never calls a broken chain anything but broken', () => {
    const lines = reportLines(report({ ok: false, firstBad: 17, problem: 'swapped' }));
    expect(lines[0]).toContain('校验失败：第 17 条');
    expect(lines[1]).toBe('记录顺序被调换');
    expect(lines.join('')).not.toMatch(/通过|完好|一致/);
  });
});
