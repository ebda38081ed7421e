import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import type { Project } from '@/api/types';
import { getProject } from './api';

export const projectKey = (id: number) => ['project', id, 'head'] as const;

export function useProject(id: MaybeRefOrGetter<number>) {
  const query = useQuery({
    queryKey: computed(() => projectKey(toValue(id))),
    queryFn: () => getProject(toValue(id)),
    enabled: computed(() => toValue(id) > 0),
  });
  const project = computed<Project | undefined>(() => query.data.value);
  const role = computed(() => project.value?.myRole ?? '');
  const mayManage = computed(() => role.value === 'owner' || role.value === 'manager');
  const mayWork = computed(() => (mayManage.value || role.value === 'member') && !project.value?.archivedAt);
  return { query, project, role, mayManage, mayWork };
}
