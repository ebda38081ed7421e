import { reactive } from 'vue';

export interface Toast {
  id: number;
  kind: 'good' | 'bad';
  text: string;
  note: string;
}
export const toasts = reactive<Toast[]>([]);

let next = 1;

export function dismiss(id: number): void {
  const index = toasts.findIndex((x) => x.id === id);
  if (index >= 0) toasts.splice(index, 1);
}
/** Says something at the edge of the page. The same words twice are one message, shown anew. */
export function toast(kind: Toast['kind'], text: string, note = ''): void {
  const same = toasts.find((x) => x.kind === kind && x.text === text);
  if (same) dismiss(same.id);
  const id = next++;
  toasts.push({ id, kind, text, note });
  if (toasts.length > 4) toasts.shift();
  window.setTimeout(() => dismiss(id), kind === 'good' ? 2600 : 7000);
}
