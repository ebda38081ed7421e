import { describe, expect, it } from 'vitest';
import type { FoundTask, State } from '@/api/types';
import { also, count, newCondition, offered, prune, readDefinition, writeDefinition } from './filter';
import { dueBucket, rowsOf } from './rows';

const task = (id: number, more: Partial<FoundTask> = {}): FoundTask =>
  ({
    id,
    stateId: 1,
    projectId: 9,
    priority: 'none',
    assignees: [],
    estimate: 0,
    dueAllDay: true,
    ...more,
  }) as FoundTask;
const now = new Date(2026, 10, 28, 12).getTime();
const day = 86_400_000;

describe('filters', () => {
  it('ask only what has been written to the end', () => {
    expect(prune({ all: [newCondition('assignee'), { any: [] }] })).toBeUndefined();
    expect(
      prune({
        all: [
          { field: 'due', op: 'empty', values: ['today'] },
          { field: 'due', op: 'between', values: ['2026-11-28', ''] },
          { any: [{ field: 'priority', op: 'in', values: ['high', ' '] }, newCondition('state')] },
        ],
      }),
    ).toEqual({ all: [{ field: 'due', op: 'empty' }, { any: [{ field: 'priority', op: 'in', values: ['high'] }] }] });
  });
  it('are counted and joined', () => {
    const one = { field: 'due', op: 'empty' };
    expect(count({ all: [one, { any: [one, one] }] })).toBe(3);
    expect(also(undefined, [])).toBeUndefined();
    expect(also(undefined, [one])).toEqual(one);
    expect(also({ any: [one] }, [one])).toEqual({ all: [{ any: [one] }, one] });
  });
  it('offer what means something where they are', () => {
    expect(offered(true)).not.toContain('project');
    expect(offered(false)).not.toContain('state');
    expect(offered(false)).toContain('category');
  });
  it('come back from the address as they went there, and nonsense is nothing', () => {
    const d = {
      filter: { all: [{ field: 'title', op: 'contains', values: ['a'] }] },
      sort: { by: 'due' },
      group: 'state' as const,
    };
    expect(writeDefinition(readDefinition(writeDefinition(d)) ?? {})).toBe(writeDefinition(d));
    expect(writeDefinition({ columns: [], sort: {}, group: '' })).toBe(writeDefinition({}));
    for (const text of ['', '{', '[]', '7', null, undefined]) expect(readDefinition(text)).toBeUndefined();
  });
});

describe('groups', () => {
  const states = [{ id: 2 }, { id: 1 }] as State[];
  const tasks = [
    task(1, { estimate: 30 }),
    task(2, { stateId: 2, estimate: 60 }),
    task(3, {
      estimate: 15,
      assignees: [
        { id: 5, name: 'b', departmentId: 0 },
        { id: 4, name: 'a', departmentId: 0 },
      ],
    }),
  ];
  const told = (rows: ReturnType<typeof rowsOf>) =>
    rows.map((r) => (r.kind === 'group' ? `${r.key}:${r.count}:${r.estimate}` : r.task.id));
  it('stand in the order of the board and add up', () => {
    expect(told(rowsOf(tasks, 'state', new Set(), states, now))).toEqual(['2:1:60', 2, '1:2:45', 1, 3]);
    expect(told(rowsOf(tasks, 'state', new Set(['1']), states, now))).toEqual(['2:1:60', 2, '1:2:45']);
    expect(told(rowsOf(tasks, '', new Set(), states, now))).toEqual([1, 2, 3]);
  });
  it('keep those responsible together, and nobody for last', () => {
    expect(told(rowsOf(tasks, 'assignee', new Set(), states, now))).toEqual(['4,5:1:15', 3, ':2:90', 1, 2]);
  });
  it('say how near the end is', () => {
    const midnight = new Date(2026, 10, 28).getTime();
    expect(dueBucket(task(1), now)).toBe('undated');
    expect(dueBucket(task(1, { dueAt: midnight }), now)).toBe('today');
    expect(dueBucket(task(1, { dueAt: now - 1, dueAllDay: false }), now)).toBe('late');
    expect(dueBucket(task(1, { dueAt: midnight - day, doneAt: now }), now)).toBe('done');
    expect(dueBucket(task(1, { dueAt: midnight + 6 * day }), now)).toBe('week');
    expect(dueBucket(task(1, { dueAt: midnight + 7 * day }), now)).toBe('later');
  });
});
