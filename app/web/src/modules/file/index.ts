import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'file',
  routes: [],
  taskParts: [{ id: 'files', place: 'body', order: 40, component: lazy(() => import('./components/TaskFiles.vue')) }],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // That somebody has looked at a file is told too, and changes nothing.
    if (message.module !== 'file' || message.ref.kind !== 'task') return;
    void queries.invalidateQueries({ queryKey: ['files', message.ref.id] });
    void queries.invalidateQueries({ queryKey: ['history', message.ref.id] });
  },
});
