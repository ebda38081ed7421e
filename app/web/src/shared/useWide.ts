import { onScopeDispose, ref, type Ref } from 'vue';

/** True while the window matches; the layout proper is CSS, this is for what must not even be rendered. */
export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const matches = ref(list.matches);
  const update = () => (matches.value = list.matches);
  list.addEventListener('change', update);
  onScopeDispose(() => list.removeEventListener('change', update));
  return matches;
}
export const usePhone = () => useMedia('(max-width: 720px)');
