import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue';
import type { Page } from '@/api/types';

/** A keyset list: pages are fetched one after the other and shown as one list. */
export function usePage<T, P extends Page<T> = Page<T>>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<P>,
  options: { enabled?: MaybeRefOrGetter<boolean>; staleTime?: number } = {},
) {
  const query = useInfiniteQuery({
    queryKey: computed(() => [...toValue(key)]),
    queryFn: ({ pageParam }) => fetchPage(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last: P) => last.next || undefined,
    enabled: computed(() => toValue(options.enabled) ?? true),
    staleTime: options.staleTime,
  });
  const items: ComputedRef<T[]> = computed(() => query.data.value?.pages.flatMap((p) => p.items) ?? []);
  const first = computed(() => query.data.value?.pages[0]);
  return { query, items, first };
}
