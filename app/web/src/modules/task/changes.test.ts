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
  it('only names a long text', () => {
    expect(changeLines([{ field: 'description', from: '', to: 'x'.repeat(900) }])[0].long).toBe(true);
  });
  it('bears whatever a later version may write', () => {
    expect(changeLines([{ field: 'unheard_of', from: { odd: 1 }, to: [null, 0, true] }])).toHaveLength(1);
    expect(changeLines(null)).toEqual([]);
  });
});
