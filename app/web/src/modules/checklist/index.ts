import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'checklist',
  routes: [],
  taskParts: [
    {
      id: 'checklist',
      place: 'body',
      order: 10,
      component: lazy(() => import('./components/TaskChecklist.vue')),
      when: (task, editable) => editable || task.checkCount > 0,
    },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module !== 'checklist' || message.ref.kind !== 'task') return;
    void queries.invalidateQueries({ queryKey: ['checklist', message.ref.id] });
    // The task and its card count the items.
    void queries.invalidateQueries({ queryKey: ['task', message.ref.id] });
    void queries.invalidateQueries({ queryKey: ['history', message.ref.id] });
    if (message.projectId) void queries.invalidateQueries({ queryKey: ['board', message.projectId] });
  },
});
