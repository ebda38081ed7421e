import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

// What people say is shown by the module task, whose drawer it is a part of; here is what is made of it.
export default defineModule({
  id: 'comment',
  routes: [],
  taskParts: [
    {
      id: 'summary',
      place: 'body',
      order: 90,
      component: lazy(() => import('./components/TaskSummary.vue')),
      // The server knows whether there is enough; a task without any text need not be asked about.
      when: (task) => task.description.length + task.commentCount * 20 >= 200,
    },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if ((message.module === 'comment' || message.module === 'task') && message.ref.kind === 'task')
      void queries.invalidateQueries({ queryKey: ['summary', message.ref.id] });
  },
});
