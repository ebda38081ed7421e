import type { Department } from '@/api/types';

export interface TreeNode {
  department: Department;
  depth: number;
  children: TreeNode[];
  /** People of this department and all below it. */
  total: number;
}

export function buildTree(departments: Department[]): TreeNode[] {
  const nodes = new Map<number, TreeNode>();
  for (const d of departments) nodes.set(d.id, { department: d, depth: 0, children: [], total: d.peopleCount });
  const roots: TreeNode[] = [];
  for (const d of departments) {
    const node = nodes.get(d.id);
    if (!node) continue;
    const parent = d.parentId ? nodes.get(d.parentId) : undefined;
    if (parent) parent.children.push(node);
    else roots.push(node);
  }
  const settle = (list: TreeNode[], depth: number): number => {
    list.sort((a, b) => a.department.rank - b.department.rank);
    let sum = 0;
    for (const node of list) {
      node.depth = depth;
      node.total += settle(node.children, depth + 1);
      sum += node.total;
    }
    return sum;
  };
  settle(roots, 0);
  return roots;
}

/** The rows that show, given which branches are closed. */
export function flatten(roots: TreeNode[], closed: ReadonlySet<number>): TreeNode[] {
  const rows: TreeNode[] = [];
  const walk = (list: TreeNode[]) => {
    for (const node of list) {
      rows.push(node);
      if (!closed.has(node.department.id)) walk(node.children);
    }
  };
  walk(roots);
  return rows;
}

/** A department must not come to stand below itself. */
export function below(roots: TreeNode[], id: number): Set<number> {
  const found = new Set<number>();
  const walk = (list: TreeNode[], inside: boolean) => {
    for (const node of list) {
      const here = inside || node.department.id === id;
      if (here) found.add(node.department.id);
      walk(node.children, here);
    }
  };
  walk(roots, false);
  return found;
}
