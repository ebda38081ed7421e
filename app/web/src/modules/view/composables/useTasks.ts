import { type InfiniteData, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue, watch } from 'vue';
import { asApiError } from '@/api/errors';
import type { FoundTask, Page, Task, TaskChange } from '@/api/types';
import { tellProblem } from '@/shared/problem';
import { usePage } from '@/shared/usePage';
import { moveTask, queryTasks, type Search, updateTask } from '../api';

/** Nobody reads more; a filter finds what is beyond. */
export const most = 2000;

/** The tasks of a search, all of them up to a bound, and changes of theirs. */
export function useTasks(search: MaybeRefOrGetter<Search>, enabled: MaybeRefOrGetter<boolean> = true) {
  const queries = useQueryClient();
  const { query, items } = usePage<FoundTask>(
    () => ['tasks', 'query', toValue(search)],
    (cursor) => queryTasks(toValue(search), cursor),
    { enabled },
  );
  const truncated = computed(() => !!query.hasNextPage.value && items.value.length >= most);
  const complete = computed(() => !query.hasNextPage.value && !query.isPending.value);
  watch(
    [query.hasNextPage, query.isFetching, () => items.value.length],
    ([more, busy, n]) => {
      if (more && !busy && n < most && !query.isFetchNextPageError.value) void query.fetchNextPage();
    },
    { immediate: true },
  );

  function show(task: Partial<FoundTask> & { id: number }): void {
    queries.setQueriesData<InfiniteData<Page<FoundTask>>>(
      { queryKey: ['tasks', 'query'] },
      (old) =>
        old && {
          ...old,
          pages: old.pages.map((p) => ({
            ...p,
            items: p.items.map((x) => (x.id === task.id ? { ...x, ...task } : x)),
          })),
        },
    );
  }
  /** Shows a change at once; when somebody was faster it says so and shows what they wrote. */
  async function send(task: FoundTask, shown: Partial<FoundTask>, call: () => Promise<Task>): Promise<boolean> {
    show({ id: task.id, ...shown });
    let done = true;
    try {
      const next = await call();
      show(next);
      queries.setQueryData(['task', task.id], next);
    } catch (error) {
      done = false;
      const failure = asApiError(error);
      show(failure.stale && failure.current ? (failure.current as Task) : task);
      tellProblem(error);
    }
    void queries.invalidateQueries({ queryKey: ['tasks'] });
    void queries.invalidateQueries({ queryKey: ['board', task.projectId] });
    return done;
  }
  const change = (task: FoundTask, draft: Omit<TaskChange, 'version'>, shown: Partial<FoundTask>): Promise<boolean> =>
    send(task, shown, () => updateTask(task.id, { version: task.version, ...draft }));
  const moveTo = (task: FoundTask, stateId: number): Promise<boolean> =>
    send(task, { stateId }, () => moveTask(task.id, task.version, stateId));

  return { query, items, truncated, complete, change, moveTo };
}
export type TasksState = ReturnType<typeof useTasks>;
