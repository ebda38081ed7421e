import type { Field } from '@/api/types';

export interface Option {
  id: string;
  label: string;
  retired?: boolean;
}

/** The kinds that the page makes and fills in; those of others are shown as they are. */
export const kinds = [
  'text',
  'longtext',
  'number',
  'date',
  'select',
  'multiselect',
  'checkbox',
  'phone',
  'email',
  'url',
] as const;
export type PageKind = (typeof kinds)[number];

export const editable = (kind: string): kind is PageKind => (kinds as readonly string[]).includes(kind);
export const chosenFrom = (kind: string): boolean => kind === 'select' || kind === 'multiselect';

/** The options of a field, in their order. */
export function optionsOf(field: Pick<Field, 'settings'>): Option[] {
  const options = (field.settings as { options?: Option[] } | null)?.options;
  return Array.isArray(options) ? options : [];
}

/**
 * Options as they were typed, one a line. One that is called as before keeps its id; one that is missing is retired,
 * because tasks may have it.
 */
export function merged(typed: string, before: readonly Option[]): Option[] {
  const labels = [...new Set(typed.split('\n').map((line) => line.trim()))].filter((label) => label !== '');
  let next = before.reduce((most, o) => Math.max(most, Number(/^o(\d+)$/.exec(o.id)?.[1] ?? 0)), 0);
  const kept = labels.map((label): Option => {
    const old = before.find((o) => o.label === label);
    return old ? { ...old, retired: false } : { id: `o${++next}`, label };
  });
  const gone = before.filter((o) => !labels.includes(o.label)).map((o) => ({ ...o, retired: true }));
  return [...kept, ...gone];
}

/** What is sent for what stands in an input; undefined for what cannot be sent. */
export function typed(kind: string, text: string): unknown {
  const s = text.trim();
  if (s === '') return null;
  if (kind !== 'number') return s;
  const n = Number(s);
  return Number.isFinite(n) ? n : undefined;
}
