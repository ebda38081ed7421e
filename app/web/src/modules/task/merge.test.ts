import { describe, expect, it } from 'vitest';
import type { Task } from '@/api/types';
import { mergeable } from './composables/useTask';

const base = {
  title: '采购',
  description: '',
  priority: 'none',
  dueAt: null,
  dueAllDay: false,
  assignees: [{ id: 2, name: '李' }],
  labels: [],
} as unknown as Task;

describe('two changes of one task', () => {
  it('both stand when they are of different fields', () => {
    expect(mergeable(base, { ...base, title: '采购服务器' }, { priority: 'high' })).toBe(true);
    expect(mergeable(base, { ...base, dueAt: 5 }, { title: 'x', description: 'y' })).toBe(true);
    expect(
      mergeable(base, { ...base, assignees: [{ id: 2, name: '李四' }] as Task['assignees'] }, { assigneeIds: [1] }),
    ).toBe(true);
  });

  it('are a question when they are of the same field', () => {
    expect(mergeable(base, { ...base, title: '采购服务器' }, { title: 'x' })).toBe(false);
    expect(mergeable(base, { ...base, dueAllDay: true }, { dueAt: 1, dueAllDay: false })).toBe(false);
    expect(mergeable(base, { ...base, assignees: [] }, { assigneeIds: [1] })).toBe(false);
    expect(mergeable(base, { ...base, labels: [{ id: 1, name: 'a', colour: '#000000' }] }, { labelIds: [] })).toBe(
      false,
    );
  });
});
