import { type QueryClient, useQueryClient } from '@tanstack/vue-query';
import { t } from '@/shared/i18n';
import { asApiError } from '@/api/errors';
import type { Board, Card } from '@/api/types';
import { tellProblem } from '@/shared/problem';
import { getBoard, moveTask } from './api';
import { place, replaceCard, type Spot } from './board';

export const boardKey = (projectId: number) => ['board', projectId] as const;

interface Flight {
  moves: number;
  stale: boolean;
  timer: number;
  line: Promise<void>;
}
const flights = new Map<number, Flight>();

function flight(projectId: number): Flight {
  let found = flights.get(projectId);
  if (!found) {
    found = { moves: 0, stale: false, timer: 0, line: Promise.resolve() };
    flights.set(projectId, found);
  }
  return found;
}

/**
 * Reads a board again because somebody changed it. Several changes in one breath are read once, and never while an own
 * move is under way: the answer could be older than what the eye already sees.
 */
export function boardChanged(queries: QueryClient, projectId: number): void {
  const f = flight(projectId);
  if (f.moves > 0) {
    f.stale = true;
    return;
  }
  if (f.timer) return;
  f.timer = window.setTimeout(() => {
    f.timer = 0;
    if (f.moves > 0) f.stale = true;
    else void queries.invalidateQueries({ queryKey: boardKey(projectId) });
  }, 60);
}

/**
 * Reads a board once no own move is under way, whatever asked for it: an answer that is older than a move would put the
 * card back under the hand that goes for the next one.
 */
export async function readBoard(projectId: number): Promise<Board> {
  for (let f = flights.get(projectId); f && f.moves > 0;) await f.line.catch(() => undefined);
  return getBoard(projectId);
}

export function useMoves(projectId: () => number) {
  const queries = useQueryClient();

  async function send(id: number, cardId: number, spot: Spot): Promise<void> {
    const key = boardKey(id);
    const version = queries.getQueryData<Board>(key)?.cards?.find((c) => c.id === cardId)?.version;
    if (version === undefined) return;
    try {
      const task: Card = await moveTask(cardId, version, spot);
      queries.setQueryData<Board>(key, (now) => now && replaceCard(now, task));
      void queries.invalidateQueries({ queryKey: ['task', cardId] });
    } catch (error) {
      const failure = asApiError(error);
      flight(id).stale = true;
      tellProblem(error, failure.stale ? t('board.moveConflict') : undefined);
      // Back to what is true; what it was before the move may itself be old by now.
      const fresh = await getBoard(id).catch(() => null);
      if (fresh) queries.setQueryData<Board>(key, fresh);
    }
  }

  /** Shows the move at once and tells the server in order; a refusal shows the board as it really is. */
  async function move(cardId: number, spot: Spot): Promise<void> {
    const id = projectId();
    const key = boardKey(id);
    const f = flight(id);
    f.moves++;
    // What is being read now is given up, so it has to be read again.
    if (queries.isFetching({ queryKey: key }) > 0) f.stale = true;
    // Not awaited: between giving a card up and showing it at its new place there must be no moment, or it loses focus.
    void queries.cancelQueries({ queryKey: key });
    const before = queries.getQueryData<Board>(key);
    queries.setQueryData<Board>(key, (now) => now && place(now, cardId, spot));
    f.line = f.line.then(() => send(id, cardId, spot));
    await f.line.catch(() => before && queries.setQueryData(key, before));
    f.moves--;
    if (f.moves === 0 && f.stale) {
      f.stale = false;
      boardChanged(queries, id);
    }
  }
  return { move };
}
