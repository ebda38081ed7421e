import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import type { Board } from '@/api/types';
import { boardKey, readBoard, useMoves } from './moves';

const api = vi.hoisted(() => ({ getBoard: vi.fn(), moveTask: vi.fn() }));
vi.mock('./api', () => api);
vi.hoisted(() => {
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});

const board = (state: number) =>
  ({ states: [{ id: 1 }, { id: 2 }], cards: [{ id: 7, stateId: state, version: 1, rank: 'a' }] }) as unknown as Board;

it('reads a board only when no own move is under way', async () => {
  const queries = new QueryClient();
  let moves!: ReturnType<typeof useMoves>;
  mount(
    {
      setup: () => {
        moves = useMoves(() => 5);
        return () => null;
      },
    },
    { global: { plugins: [[VueQueryPlugin, { queryClient: queries }]] } },
  );
  queries.setQueryData(boardKey(5), board(1));
  let answer!: (card: unknown) => void;
  api.moveTask.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  api.getBoard.mockResolvedValue(board(2));

  const moving = moves.move(7, { stateId: 2, afterId: null, beforeId: null });
  const reading = readBoard(5);
  await new Promise((resolve) => setTimeout(resolve));
  expect(api.getBoard).not.toHaveBeenCalled();
  answer({ id: 7, stateId: 2, version: 2, rank: 'b' });
  await moving;
  expect((await reading).cards?.[0].stateId).toBe(2);
  expect(api.getBoard).toHaveBeenCalledTimes(1);
});
