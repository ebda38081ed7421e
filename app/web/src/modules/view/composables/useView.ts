import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { Definition, SavedView } from '@/api/types';
import { createView, deleteView, listViews, updateView } from '../api';
import { readDefinition, writeDefinition } from '../filter';

/**
 * How tasks are shown. The address carries it: `view` is the saved one, `q` what differs from it, so that a link shows
 * others the same and "back" takes a change back.
 */
export function useView(
  kind: SavedView['kind'],
  projectId: MaybeRefOrGetter<number>,
  usual: MaybeRefOrGetter<Definition>,
) {
  const route = useRoute();
  const router = useRouter();
  const queries = useQueryClient();
  const key = computed(() => ['views', toValue(projectId)]);
  const query = useQuery({ queryKey: key, queryFn: () => listViews(toValue(projectId)) });
  const views = computed(() => (query.data.value?.items ?? []).filter((v) => v.kind === kind));
  const current = computed<SavedView | undefined>(() => views.value.find((v) => v.id === Number(route.query.view)));
  const base = computed<Definition>(() => current.value?.definition ?? toValue(usual));
  const definition = computed<Definition>(() => readDefinition(route.query.q) ?? base.value);
  const changed = computed(() => writeDefinition(definition.value) !== writeDefinition(base.value));
  /** Until the saved view is known nobody can say what to show. */
  const pending = computed(() => !!route.query.view && !route.query.q && query.isPending.value);

  function set(part: Partial<Definition>): void {
    const next = { ...definition.value, ...part };
    const rest = { ...route.query };
    delete rest.q;
    const same = writeDefinition(next) === writeDefinition(base.value);
    void router.replace({ path: route.path, query: same ? rest : { ...rest, q: writeDefinition(next) } });
  }
  function choose(view: SavedView | undefined): void {
    const rest = { ...route.query };
    delete rest.q;
    delete rest.view;
    void router.push({ path: route.path, query: view ? { ...rest, view: String(view.id) } : rest });
  }
  function put(view: SavedView): void {
    queries.setQueryData<{ items: SavedView[] }>(key.value, (old) => ({
      items: [...(old?.items ?? []).filter((v) => v.id !== view.id), view].sort((a, b) => a.id - b.id),
    }));
  }
  const written = () => JSON.parse(writeDefinition(definition.value)) as Definition;

  async function saveAs(name: string, shared: boolean): Promise<void> {
    const view = await createView({
      projectId: toValue(projectId) || undefined,
      kind,
      name,
      shared,
      definition: written(),
    });
    put(view);
    choose(view);
  }
  async function save(): Promise<void> {
    const view = current.value;
    if (!view) return;
    put(await updateView(view.id, { version: view.version, definition: written() }));
    set({});
  }
  async function change(view: SavedView, name: string, shared: boolean): Promise<void> {
    put(await updateView(view.id, { version: view.version, name, shared }));
  }
  async function remove(view: SavedView): Promise<void> {
    await deleteView(view.id);
    if (current.value?.id === view.id) choose(undefined);
    await queries.invalidateQueries({ queryKey: key.value });
  }
  return { views, current, definition, changed, pending, set, choose, saveAs, save, change, remove };
}
export type ViewState = ReturnType<typeof useView>;
