import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { useI18n } from 'vue-i18n';
import { ask, client } from '@/api/client';
import type { Items, Role } from '@/api/types';
import { useSession } from '@/shared/session';

export const listRoles = (): Promise<Items<Role>> => ask(client.GET('/roles'));
export const assignRoles = (id: number, roles: string[]): Promise<{ roles: string[] }> =>
  ask(client.PUT('/people/{id}/roles', { params: { path: { id } }, body: { roles } }));

export function useRoles(wanted: MaybeRefOrGetter<boolean> = false) {
  const { t, te } = useI18n();
  const session = useSession();
  const query = useQuery({
    queryKey: ['roles'],
    queryFn: listRoles,
    enabled: computed(() => toValue(wanted) && session.canAny(['role:read', 'role:assign'])),
    staleTime: 10 * 60_000,
  });
  const roles = computed(() => query.data.value?.items ?? []);
  function nameOf(id: string): string {
    const key = `access.role.${id}`;
    return te(key) ? t(key) : (roles.value.find((r) => r.id === id)?.name ?? id);
  }
  return { query, roles, nameOf };
}
