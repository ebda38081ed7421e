import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Filter } from '@/api/types';
import { listLabels } from '@/modules/label';
import { useDirectory } from '@/modules/org';
import { minutesText } from '@/shared/duration';
import { useSession } from '@/shared/session';
import { listDepartments, listProjects, listStates } from '../api';
import { categories, count, type Editor, fields, isGroup, priorities, valueless } from '../filter';

export interface Choice {
  value: string;
  label: string;
}

/** What the values of conditions can be, and what a condition is called in words. */
export function useChoices(projectId: MaybeRefOrGetter<number>) {
  const { t } = useI18n();
  const session = useSession();
  const { people } = useDirectory();
  const inside = computed(() => toValue(projectId) > 0);
  const states = useQuery({
    queryKey: computed(() => ['states', toValue(projectId)]),
    queryFn: () => listStates(toValue(projectId)),
    enabled: inside,
  });
  const labels = useQuery({
    queryKey: computed(() => ['labels', toValue(projectId)]),
    queryFn: () => listLabels(toValue(projectId)),
    enabled: inside,
  });
  const departments = useQuery({ queryKey: ['departments'], queryFn: listDepartments });
  const projects = useQuery({
    queryKey: ['projects', 'all'],
    queryFn: listProjects,
    enabled: computed(() => !inside.value),
  });

  const named = (items: { id: number; name: string }[] | undefined): Choice[] =>
    (items ?? []).map((x) => ({ value: String(x.id), label: x.name }));
  const choices = computed<Partial<Record<Editor, Choice[]>>>(() => ({
    project: named(projects.data.value?.items),
    state: named(states.data.value?.items),
    category: categories.map((c) => ({ value: c, label: t(`shared.category.${c}`) })),
    person: [{ value: 'me', label: t('view.me') }, ...named(people.value)],
    department: named(departments.data.value?.items),
    priority: priorities.map((p) => ({ value: p, label: t(`shared.priority.${p}`) })),
    label: named(labels.data.value?.items),
  }));

  function valueText(f: Filter, value: string): string {
    const editor = fields[f.field ?? '']?.editor;
    if (editor === 'time' && f.op === 'is') return t(`view.when.${value}`);
    if (editor === 'number') {
      if (f.field === 'estimate') return minutesText(Number(value));
      return f.field === 'progress' ? `${value}%` : value;
    }
    const list = editor && choices.value[editor];
    return list ? (list.find((c) => c.value === value)?.label ?? `#${value}`) : value;
  }
  function text(f: Filter): string {
    if (isGroup(f)) return t('view.groupOf', { n: count(f) });
    const name = t(`view.field.${f.field}`);
    const op = t(`view.op.${f.op}`);
    if (valueless(f.op)) return `${name} ${op}`;
    return `${name} ${op} ${(f.values ?? []).map((v) => valueText(f, v)).join(f.op === 'between' ? ' – ' : ', ')}`;
  }
  const myDepartment = computed(() => session.me?.person.departmentId ?? 0);
  return { choices, text, states, projects, myDepartment };
}
