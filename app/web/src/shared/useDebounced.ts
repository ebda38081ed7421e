import { onScopeDispose, ref, watch, type Ref } from 'vue';

export function useDebounced<T>(source: Ref<T>, wait: number): Ref<T> {
  const late = ref(source.value) as Ref<T>;
  let timer = 0;
  watch(source, (value) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => (late.value = value), wait);
  });
  onScopeDispose(() => window.clearTimeout(timer));
  return late;
}
