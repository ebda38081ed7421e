import type { Card } from '@/api/types';

export interface CardFilter {
  text: string;
  people: number[];
}
export const noFilter: CardFilter = { text: '', people: [] };

export function matches(card: Card, filter: CardFilter): boolean {
  const text = filter.text.trim().toLowerCase();
  if (
    text &&
    !card.title.toLowerCase().includes(text) &&
    !card.key.toLowerCase().includes(text) &&
    !card.labels.some((l) => l.name.toLowerCase().includes(text))
  )
    return false;
  return filter.people.length === 0 || card.assignees.some((p) => filter.people.includes(p.id));
}
