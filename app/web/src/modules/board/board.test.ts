import { describe, expect, it } from 'vitest';
import type { Board, Card, State } from '@/api/types';
import { columnsOf, place, replaceCard, sameSpot, spotAt } from './board';
import { matches, noFilter } from './filter';

const state = (id: number, category: State['category']) =>
  ({ id, category, name: `s${id}`, colour: '#6b7688' }) as State;
const card = (id: number, stateId: number, more: Partial<Card> = {}) =>
  ({ id, stateId, title: `card ${id}`, key: `K-${id}`, assignees: [], version: 1, doneAt: null, ...more }) as Card;
const board = (): Board => ({
  project: { id: 1, key: 'K', name: 'k', myRole: 'member', colour: '' },
  states: [state(10, 'todo'), state(20, 'doing'), state(30, 'done')],
  cards: [card(1, 10), card(2, 10), card(3, 10), card(4, 20)],
  truncated: false,
});
const order = (b: Board) => columnsOf(b).map((c) => c.cards.map((x) => x.id));

describe('board', () => {
  it('sorts cards into the columns in the order of the states', () => {
    expect(order(board())).toEqual([[1, 2, 3], [4], []]);
  });
  it('counts a place without the moving card', () => {
    const [todo] = columnsOf(board());
    expect(spotAt(todo, 1, 1)).toEqual({ stateId: 10, afterId: 2, beforeId: 3 });
    expect(spotAt(todo, 99, 1)).toEqual({ stateId: 10, afterId: 3, beforeId: null });
    expect(spotAt(todo, 0, 4)).toEqual({ stateId: 10, afterId: null, beforeId: 1 });
  });
  it('moves within a column, to another and into an empty one', () => {
    expect(order(place(board(), 1, { stateId: 10, afterId: 2, beforeId: 3 }))[0]).toEqual([2, 1, 3]);
    expect(order(place(board(), 2, { stateId: 20, afterId: null, beforeId: 4 }))).toEqual([[1, 3], [2, 4], []]);
    const done = place(board(), 2, { stateId: 30, afterId: null, beforeId: null });
    expect(order(done)).toEqual([[1, 3], [4], [2]]);
    expect(done.cards?.find((c) => c.id === 2)?.doneAt).toBeTypeOf('number');
  });
  it('leaves the board alone when the card is gone', () => {
    const b = board();
    expect(place(b, 99, { stateId: 20, afterId: null, beforeId: null })).toBe(b);
  });
  it('knows when nothing would move', () => {
    const columns = columnsOf(board());
    expect(sameSpot(columns, 2, { stateId: 10, afterId: 1, beforeId: 3 })).toBe(true);
    expect(sameSpot(columns, 2, { stateId: 10, afterId: null, beforeId: 1 })).toBe(false);
    expect(sameSpot(columns, 2, { stateId: 20, afterId: 1, beforeId: 3 })).toBe(false);
  });
  it('takes the newest word of the server', () => {
    expect(replaceCard(board(), card(2, 10, { version: 7 })).cards?.find((c) => c.id === 2)?.version).toBe(7);
  });
  it('filters by words, number and people', () => {
    const c = card(5, 10, { assignees: [{ id: 8, name: 'x', departmentId: 0 }] });
    expect(matches(c, noFilter)).toBe(true);
    expect(matches(c, { text: 'CARD 5', people: [] })).toBe(true);
    expect(matches(c, { text: 'k-5', people: [8] })).toBe(true);
    expect(matches(c, { text: '', people: [9] })).toBe(false);
  });
});
