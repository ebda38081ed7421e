import type { Definition, Filter, Sort } from '@/api/types';

export type Editor =
  | 'project'
  | 'state'
  | 'category'
  | 'person'
  | 'department'
  | 'priority'
  | 'label'
  | 'time'
  | 'number'
  | 'text'
  | 'none';

interface Field {
  editor: Editor;
  ops: string[];
}
const some = ['in', 'notIn'];
const optional = [...some, 'empty', 'notEmpty'];
const times = ['is', 'before', 'after', 'between', 'empty', 'notEmpty'];
const numbers = ['gte', 'lte', 'eq'];

/** What can be asked of a task, in the order in which it is offered, and how. */
export const fields: Record<string, Field> = {
  title: { editor: 'text', ops: ['contains', 'notContains'] },
  project: { editor: 'project', ops: some },
  state: { editor: 'state', ops: some },
  category: { editor: 'category', ops: some },
  assignee: { editor: 'person', ops: optional },
  department: { editor: 'department', ops: some },
  follower: { editor: 'person', ops: optional },
  creator: { editor: 'person', ops: some },
  priority: { editor: 'priority', ops: some },
  label: { editor: 'label', ops: ['in', 'all', 'notIn', 'empty', 'notEmpty'] },
  due: { editor: 'time', ops: times },
  start: { editor: 'time', ops: times },
  created: { editor: 'time', ops: times.slice(0, 4) },
  updated: { editor: 'time', ops: times.slice(0, 4) },
  done: { editor: 'time', ops: times },
  estimate: { editor: 'number', ops: [...numbers, 'empty', 'notEmpty'] },
  progress: { editor: 'number', ops: numbers },
  parent: { editor: 'none', ops: ['empty', 'notEmpty'] },
  subtasks: { editor: 'number', ops: ['notEmpty', 'empty', ...numbers] },
  comments: { editor: 'number', ops: ['notEmpty', 'empty', ...numbers] },
};
/** Fields that only mean something inside of a project, or only across projects. */
export function offered(inProject: boolean): string[] {
  return Object.keys(fields).filter((f) => (inProject ? f !== 'project' : f !== 'state' && f !== 'label'));
}

export const stretches = [
  'today',
  'tomorrow',
  'yesterday',
  'thisWeek',
  'nextWeek',
  'lastWeek',
  'next7',
  'next30',
  'last7',
  'last30',
  'thisMonth',
  'nextMonth',
  'lastMonth',
];
export const priorities = ['urgent', 'high', 'medium', 'low', 'none'] as const;
export const categories = ['todo', 'doing', 'done'] as const;
export const maxDepth = 4;
export const maxConditions = 40;

export const valueless = (op: string | undefined): boolean => op === 'empty' || op === 'notEmpty';
export const isGroup = (f: Filter): boolean => !f.field;
export const nodesOf = (f: Filter): Filter[] => f.any ?? f.all ?? [];
/** A group with other nodes, of the kind it was or of the one given. */
export function group(nodes: Filter[], any: boolean): Filter {
  return any ? { any: nodes } : { all: nodes };
}
export function newCondition(field: string): Filter {
  return { field, op: fields[field].ops[0], values: [] };
}
export function count(f: Filter | undefined): number {
  if (!f) return 0;
  return isGroup(f) ? nodesOf(f).reduce((n, x) => n + count(x), 0) : 1;
}

/** What of a tree can be asked: a condition without its value and a group without conditions are still being written. */
export function prune(f: Filter | undefined): Filter | undefined {
  if (!f) return undefined;
  if (isGroup(f)) {
    const nodes = nodesOf(f)
      .map(prune)
      .filter((x): x is Filter => x !== undefined);
    return nodes.length > 0 ? group(nodes, f.any !== undefined) : undefined;
  }
  if (valueless(f.op)) return { field: f.field, op: f.op };
  const values = (f.values ?? []).map((v) => v.trim()).filter((v) => v !== '');
  if (values.length === 0 || (f.op === 'between' && values.length !== 2)) return undefined;
  return { field: f.field, op: f.op, values };
}

/** Puts more conditions beside a tree. */
export function also(f: Filter | undefined, more: Filter[]): Filter | undefined {
  const nodes = [...(f ? [f] : []), ...more];
  return nodes.length === 0 ? undefined : nodes.length === 1 ? nodes[0] : { all: nodes };
}

export const columns = [
  'title',
  'project',
  'state',
  'assignees',
  'priority',
  'labels',
  'start',
  'due',
  'estimate',
  'progress',
  'subtasks',
  'comments',
  'creator',
  'created',
  'updated',
  'done',
] as const;
export type Column = (typeof columns)[number];
/** Columns whose head sorts, and by what. */
export const sortable: Partial<Record<Column, string>> = {
  title: 'title',
  state: 'state',
  priority: 'priority',
  start: 'start',
  due: 'due',
  created: 'created',
  updated: 'updated',
};
export const groups = ['', 'state', 'assignee', 'priority', 'due', 'project'] as const;

/** A definition from an address; nothing when somebody has put nonsense there. */
export function readDefinition(text: unknown): Definition | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Definition) : undefined;
  } catch {
    return undefined;
  }
}
/** The same definition is always the same text, whatever was left out of it. */
export function writeDefinition(d: Definition): string {
  const sort: Sort = d.sort ?? {};
  return JSON.stringify({
    filter: prune(d.filter),
    sort: sort.by ? { by: sort.by, desc: sort.desc || undefined } : undefined,
    group: d.group || undefined,
    columns: d.columns?.length ? d.columns : undefined,
  });
}
