import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'field',
  routes: [],
  taskParts: [{ id: 'field', place: 'facts', order: 80, component: lazy(() => import('./components/FieldFacts.vue')) }],
  projectCommands: [
    {
      id: 'fields',
      label: 'field.title',
      icon: 'list',
      order: 40,
      who: 'manage',
      component: lazy(() => import('./components/FieldDialog.vue')),
    },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module !== 'field') return;
    void queries.invalidateQueries({ queryKey: ['fields'] });
    if (message.ref.kind === 'task') void queries.invalidateQueries({ queryKey: ['history', message.ref.id] });
  },
});
