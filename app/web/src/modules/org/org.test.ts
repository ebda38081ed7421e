import { describe, expect, it } from 'vitest';
import type { Department } from '@/api/types';
import { deviceName } from './device';
import { passwordRules } from './password';
import { below, buildTree, flatten } from './tree';

const d = (id: number, parentId: number | null, rank: number, peopleCount = 1): Department => ({
  id,
  parentId,
  rank,
  peopleCount,
  name: `d${id}`,
  version: 1,
});

describe('department tree', () => {
  const roots = buildTree([d(3, 1, 2), d(1, null, 1), d(2, 1, 1), d(4, 2, 1, 5), d(9, 99, 9)]);
  it('nests by parent, sorts by rank and adds people up', () => {
    expect(flatten(roots, new Set()).map((n) => [n.department.id, n.depth, n.total])).toEqual([
      [1, 0, 8],
      [2, 1, 6],
      [4, 2, 5],
      [3, 1, 1],
      [9, 0, 1],
    ]);
  });
  it('hides what is closed', () => {
    expect(flatten(roots, new Set([2])).map((n) => n.department.id)).toEqual([1, 2, 3, 9]);
  });
  it('knows what stands below', () => {
    expect([...below(roots, 2)].sort()).toEqual([2, 4]);
  });
});

describe('password rules', () => {
  it('asks for length, variety and not the account', () => {
    expect(passwordRules('', 'li')).toEqual({ length: false, classes: false, account: false });
    expect(passwordRules('Abcdefghi1', 'li')).toEqual({ length: true, classes: true, account: true });
    expect(passwordRules('Zhang-2026-x', 'ZHANG')).toEqual({ length: true, classes: true, account: false });
    expect(passwordRules('abcdefghijk', 'li').classes).toBe(false);
  });
});

describe('device name', () => {
  it('reads the common ones and stays silent on others', () => {
    expect(deviceName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120')).toBe(
      'Edge · Windows',
    );
    expect(deviceName('Mozilla/5.0 (iPhone) AppleWebKit Version/17 Safari/604')).toBe('Safari · iOS');
    expect(deviceName('curl/8')).toBe('');
  });
});
