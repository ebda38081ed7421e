import type { Board, Card, State } from '@/api/types';

/** Where a card goes: into which column, and between which neighbours. */
export interface Spot {
  stateId: number;
  afterId: number | null;
  beforeId: number | null;
}

export interface Column {
  state: State;
  cards: Card[];
}

export function columnsOf(board: Board, keep: (card: Card) => boolean = () => true): Column[] {
  const byState = new Map<number, Card[]>();
  for (const state of board.states) byState.set(state.id, []);
  for (const card of board.cards) if (keep(card)) byState.get(card.stateId)?.push(card);
  return board.states.map((state) => ({ state, cards: byState.get(state.id) ?? [] }));
}

/** The spot at a place of a column, counted without the card that moves. */
export function spotAt(column: Column, index: number, moving: number): Spot {
  const rest = column.cards.filter((c) => c.id !== moving);
  const at = Math.max(0, Math.min(index, rest.length));
  return { stateId: column.state.id, afterId: rest[at - 1]?.id ?? null, beforeId: rest[at]?.id ?? null };
}

/** Whether the card already stands there. */
export function sameSpot(columns: Column[], cardId: number, spot: Spot): boolean {
  const column = columns.find((c) => c.cards.some((card) => card.id === cardId));
  if (!column || column.state.id !== spot.stateId) return false;
  const index = column.cards.findIndex((card) => card.id === cardId);
  return (
    (column.cards[index - 1]?.id ?? null) === spot.afterId && (column.cards[index + 1]?.id ?? null) === spot.beforeId
  );
}

/** The board with the card at the spot; the rest keeps its order. */
export function place(board: Board, cardId: number, spot: Spot): Board {
  const all = board.cards;
  const card = all.find((c) => c.id === cardId);
  if (!card) return board;
  const rest = all.filter((c) => c.id !== cardId);
  const state = board.states.find((s) => s.id === spot.stateId);
  const doneAt = state?.category === 'done' ? (card.doneAt ?? Date.now()) : null;
  const moved: Card = { ...card, stateId: spot.stateId, doneAt };
  let index = rest.length;
  const after = rest.findIndex((c) => c.id === spot.afterId);
  const before = rest.findIndex((c) => c.id === spot.beforeId);
  if (after >= 0) index = after + 1;
  else if (before >= 0) index = before;
  return { ...board, cards: [...rest.slice(0, index), moved, ...rest.slice(index)] };
}

/** The newest word of the server about one card, at the place where it stands. */
export function replaceCard(board: Board, card: Card): Board {
  return { ...board, cards: board.cards.map((c) => (c.id === card.id ? { ...c, ...card } : c)) };
}
