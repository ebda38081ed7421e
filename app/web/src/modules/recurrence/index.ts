import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'recurrence',
  routes: [],
  taskParts: [
    { id: 'recurrence', place: 'facts', order: 80, component: lazy(() => import('./components/RecurrenceFact.vue')) },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // The next days depend on when the task is due, and on which days are worked.
    if (['recurrence', 'task', 'workday'].includes(message.module))
      void queries.invalidateQueries({ queryKey: ['recurrence'] });
  },
});
