import { defineModule } from '@/shared/module';
import NotifyBell from './components/NotifyBell.vue';

export default defineModule({
  id: 'notify',
  routes: [],
  slots: [{ place: 'topbar', order: 20, component: NotifyBell }],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // Notices are written by a reader of the same journal, a moment behind this message.
    if (
      message.module === 'task' ||
      message.module === 'comment' ||
      message.module === 'project' ||
      message.module === 'access' ||
      message.module === 'reminder' ||
      message.module === 'notify'
    ) {
      void queries.invalidateQueries({ queryKey: ['notices'] });
      window.setTimeout(() => void queries.invalidateQueries({ queryKey: ['notices'] }), 900);
    }
  },
});
