import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'reminder',
  routes: [],
  taskParts: [
    { id: 'reminder', place: 'facts', order: 90, component: lazy(() => import('./components/ReminderFact.vue')) },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // The moments move with the dates of the task, a moment behind this message.
    if (message.module !== 'reminder' && message.module !== 'task') return;
    const renew = (): void => void queries.invalidateQueries({ queryKey: ['reminders'] });
    renew();
    if (message.module === 'task') window.setTimeout(renew, 900);
  },
});
