import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { asApiError } from '@/api/errors';
import type { Task, TaskChange } from '@/api/types';
import { tellProblem } from '@/shared/problem';
import { completeTask, getTask, moveTask, updateTask } from '../api';

type Draft = Omit<TaskChange, 'version'>;

/** A field as both sides can be compared: what the server calls ids is a list of things here. */
function plain(task: Task, field: keyof Draft): string {
  if (field === 'assigneeIds') return JSON.stringify(task.assignees.map((p) => p.id).sort((a, b) => a - b));
  if (field === 'labelIds') return JSON.stringify(task.labels.map((l) => l.id).sort((a, b) => a - b));
  return JSON.stringify(task[field as keyof Task] ?? null);
}
/** Whether nobody else has changed what this person changes: then both changes stand. */
export function mergeable(base: Task, theirs: Task, mine: Draft): boolean {
  return (Object.keys(mine) as (keyof Draft)[]).every((field) => plain(base, field) === plain(theirs, field));
}

/** One task with its changes: shown at once, sent in order, and put right when the server knows better. */
export function useTask(id: number) {
  const queries = useQueryClient();
  const key = ['task', id] as const;
  const query = useQuery({ queryKey: key, queryFn: () => getTask(id) });
  const task = computed<Task | undefined>(() => query.data.value);
  /** What somebody else wrote meanwhile into a field this person is editing. */
  const conflict = ref<{ theirs: Task; mine: Draft } | null>(null);
  let line: Promise<unknown> = Promise.resolve();

  function spread(next: Task): void {
    queries.setQueryData<Task>(key, next);
    void queries.invalidateQueries({ queryKey: ['board', next.projectId] });
    void queries.invalidateQueries({ queryKey: ['tasks'] });
    void queries.invalidateQueries({ queryKey: ['history', id] });
  }
  function queue(show: Partial<Task>, send: (now: Task) => Promise<Task>, mine?: Draft): Promise<boolean> {
    const before = task.value;
    if (!before) return Promise.resolve(false);
    let base = before;
    void queries.cancelQueries({ queryKey: key });
    queries.setQueryData<Task>(key, (now) => now && { ...now, ...show });
    const done = line.then(async () => {
      let now = queries.getQueryData<Task>(key) ?? before;
      for (let tries = 0; ; tries++) {
        try {
          spread(await send(now));
          return true;
        } catch (error) {
          const failure = asApiError(error);
          const theirs = failure.stale ? (failure.current as Task) : undefined;
          if (!theirs || !mine || tries > 4 || !mergeable(base, theirs, mine)) return refuse(error, theirs);
          base = now = theirs;
        }
      }
    });
    function refuse(error: unknown, theirs: Task | undefined): boolean {
      if (theirs && mine) {
        conflict.value = { theirs, mine };
        queries.setQueryData<Task>(key, (old) => old && { ...old, ...theirs });
      } else {
        queries.setQueryData<Task>(key, before);
        tellProblem(error);
        void queries.invalidateQueries({ queryKey: key });
      }
      return false;
    }
    line = done;
    return done;
  }

  function change(draft: Draft, show: Partial<Task> = draft as Partial<Task>): Promise<boolean> {
    return queue(show, (now) => updateTask(id, { version: now.version, ...draft }), draft);
  }
  function moveTo(stateId: number): Promise<boolean> {
    return queue({ stateId }, (now) => moveTask(id, now.version, stateId));
  }
  function complete(done: boolean): Promise<boolean> {
    return queue({ doneAt: done ? Date.now() : null }, (now) => completeTask(id, now.version, done));
  }
  /** Keeps this person's words over what the other wrote; both have been seen. */
  async function keepMine(): Promise<void> {
    const c = conflict.value;
    conflict.value = null;
    if (c) await change(c.mine);
  }
  return { query, task, change, moveTo, complete, conflict, keepMine };
}
