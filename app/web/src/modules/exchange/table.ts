import type { ImportTrouble } from '@/api/types';

/** What people may say of a column, in the order of the list. */
export const fields = [
  'title',
  'description',
  'state',
  'assignee',
  'priority',
  'labels',
  'start',
  'due',
  'estimate',
  'progress',
  'key',
  'parent',
  'level',
  'outline',
  'done',
  'type',
  'follower',
  'creator',
  'created',
  'finished',
  'iteration',
  'spent',
  'checklist',
  'comment',
  'attachment',
  'custom',
] as const;

/** A cell that no spreadsheet takes for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Problems as a table to work through, readable by Excel. */
export function troubleTable(head: string[], troubles: ImportTrouble[], severity: (s: string) => string): string {
  const rows = troubles.map((x) => [
    x.row ? String(x.row) : '',
    x.column ? String(x.column) : '',
    x.header,
    severity(x.severity),
    x.message,
  ]);
  return '\ufeff' + [head, ...rows].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  // The browser has to have begun reading it.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
