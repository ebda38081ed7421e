import { beforeEach, describe, expect, it, vi } from 'vitest';
import access from '@/modules/access';
import org from '@/modules/org';
import task from '@/modules/task';
import { addWords, startLanguage, useLanguage } from '@/shared/i18n';
import audit, { pageWords } from './index';
import type { AuditObject } from '@/api/types';
import { auditLines, objectName, objectPath, verbName } from './words';

// The test's document knows no media queries, which the theme asks for as soon as it is loaded.
vi.hoisted(() => {
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});
const lin: AuditObject = { kind: 'person', id: 7, name: '林晓雯' };
const todo: AuditObject = { kind: 'state', id: 31, key: 'OPS', name: '待处理', projectId: 3 };
const gone: AuditObject = { kind: 'state', id: 32, key: 'OPS', name: '待验收', projectId: 3, gone: true };
const law: AuditObject = { kind: 'department', id: 5, name: '法务部' };
const task12: AuditObject = { kind: 'task', id: 12, key: 'OPS-12', name: '采购服务器', projectId: 3 };
const told = (changes: { field: string; from: unknown; to: unknown }[], mentions = [lin]) =>
  auditLines({ changes, object: task12, mentions }).map((l) => `${l.label}：${l.from} → ${l.to}`);

beforeEach(async () => {
  await startLanguage([access, org, task, audit]);
  await useLanguage('zh-CN');
  await addWords(pageWords);
});

describe('the journal in words', () => {
  it('names what was done and to what', () => {
    expect(verbName('org.session_create')).toBe('登录');
    expect(verbName('board.delete_state')).toBe('删除列');
    expect(objectName(lin)).toBe('人员 林晓雯');
    expect(objectName(task12)).toBe('任务 OPS-12 采购服务器');
    expect(objectName(todo)).toBe('看板列 待处理');
    expect(objectName({ kind: 'journal', id: 0 })).toBe('审计日志');
  });
  it('says what is gone, by the name of its time or by number, and tells nothing of what is closed', () => {
    expect(objectName({ ...task12, gone: true })).toBe('任务 OPS-12 采购服务器（已删除）');
    expect(objectName({ kind: 'task', id: 12, key: 'OPS-12', gone: true })).toBe('任务 OPS-12（已删除）');
    expect(objectName({ kind: 'department', id: 5, gone: true })).toBe('部门 #5（已删除）');
    expect(objectName({ kind: 'task', id: 12 })).toBe('任务 #12');
  });
  it('leads to what the reader may open, and to nothing else', () => {
    expect(objectPath(task12)).toBe('/projects/3?task=12');
    expect(objectPath(todo)).toBe('/projects/3');
    expect(objectPath({ kind: 'project', id: 3, key: 'OPS', name: '机房搬迁', projectId: 3 })).toBe('/projects/3');
    expect(objectPath(law)).toBe('/people?department=5');
    expect(objectPath(lin)).toBe(`/people?q=${encodeURIComponent('林晓雯')}`);
    for (const closed of [{ kind: 'task', id: 12 }, { ...task12, gone: true }, gone, { kind: 'session', id: 4 }])
      expect(objectPath(closed)).toBeUndefined();
  });
  it('names columns, departments and things looked for', () => {
    expect(
      told(
        [
          { field: 'state', from: 32, to: 31 },
          { field: 'movedTo', from: null, to: 33 },
          { field: 'departmentId', from: 0, to: 5 },
          { field: 'ref', from: null, to: 'task:12' },
        ],
        [todo, gone, law],
      ),
    ).toEqual([
      '状态：待验收 → 待处理',
      '卡片移到：无 → #33',
      '部门：无 → 法务部',
      '对象：无 → 任务 OPS-12 采购服务器',
    ]);
  });
  it('names people, roles, states of accounts and reasons', () => {
    expect(
      told([
        { field: 'assignees', from: [], to: [7, 8] },
        { field: 'roles', from: ['member'], to: ['member', 'audit_admin'] },
        { field: 'status', from: 'active', to: 'disabled' },
        { field: 'reason', from: null, to: 'password' },
        { field: 'ok', from: null, to: true },
      ]),
    ).toEqual([
      '负责人：无 → 林晓雯、#8',
      '角色：成员 → 成员、审计管理员',
      '状态：正常 → 已停用',
      '原因：无 → 密码错误',
      '校验通过：无 → 是',
    ]);
  });
  it('bears what a later version may write', () => {
    expect(verbName('meeting.start')).toBe('meeting.start');
    expect(objectName({ kind: 'meeting', id: 3 })).toBe('meeting #3');
    expect(told([{ field: 'unheard', from: { odd: 1 }, to: [null] }])).toHaveLength(1);
  });
});
