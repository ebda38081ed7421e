import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { ask, client } from '@/api/client';
import type { Items, PersonRef } from '@/api/types';

export const directoryKey = ['directory'] as const;

/** Everybody who can be chosen, loaded once and searched in the page. */
export function useDirectory() {
  const query = useQuery({
    queryKey: directoryKey,
    queryFn: async () => (await ask<Items<PersonRef>>(client.GET('/people/directory'))).items ?? [],
    staleTime: 5 * 60_000,
  });
  const people = computed<PersonRef[]>(() => query.data.value ?? []);
  const byId = computed(() => new Map(people.value.map((p) => [p.id, p])));
  return { query, people, byId };
}
