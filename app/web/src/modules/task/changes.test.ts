import { beforeEach, describe, expect, it } from 'vitest';
import { startLanguage, useLanguage } from '@/shared/i18n';
import task from './index';
import { changeLines } from './changes';

beforeEach(async () => {
  await startLanguage([task]);
  await useLanguage('zh-CN');
});

describe('history in words', () => {
  it('names fields, people and states', () => {
    const lines = changeLines([
      { field: 'state', from: { id: 1, name: '进行中' }, to: { id: 2, name: '已完成' } },
      {
        field: 'assignees',
        from: [],
        to: [
          { id: 3, name: '林晓雯' },
          { id: 4, name: '陈浩然' },
        ],
      },
      { field: 'priority', from: 'none', to: 'urgent' },
      { field: 'rank', from: 'a', to: 'b' },
    ]);
    expect(lines.map((l) => `${l.label}：${l.from} → ${l.to}`)).toEqual([
      '状态：进行中 → 已完成',
      '负责人：无 → 林晓雯、陈浩然',
      '优先级：无优先级 → 紧急',
    ]);
  });
  it('tells of links as the task sees them, and of their lag on the clock', () => {
    const lines = changeLines([
      { field: 'link', from: null, to: 'fs_in' },
      { field: 'linkedTask', from: null, to: { id: 7, name: 'OPS-12' } },
      { field: 'linkLag', from: null, to: -1440 },
    ]);
    expect(lines.map((l) => `${l.label}：${l.to}`)).toEqual([
      '关联：被阻塞（完成后开始）',
      '关联任务：OPS-12',
      '间隔：-1440 分钟',
    ]);
  });
  it('only names a long text', () => {
    expect(changeLines([{ field: 'description', from: '', to: 'x'.repeat(900) }])[0].long).toBe(true);
  });
  it('bears whatever a later version may write', () => {
    expect(changeLines([{ field: 'unheard_of', from: { odd: 1 }, to: [null, 0, true] }])).toHaveLength(1);
    expect(changeLines(null)).toEqual([]);
  });
});
