import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';
import NotifyBell from './components/NotifyBell.vue';

export default defineModule({
  id: 'notify',
  routes: [
    {
      path: '/channels',
      name: 'channels',
      component: () => import('./views/ChannelsView.vue'),
      meta: { title: 'notify.channels.title', needs: ['channel:manage'] },
    },
  ],
  menu: [
    {
      id: 'channels',
      label: 'notify.channels.title',
      icon: 'bell',
      to: '/channels',
      section: 'admin',
      order: 40,
      needs: ['channel:manage'],
    },
  ],
  permissions: ['channel:manage'],
  accountParts: [{ id: 'notify', order: 10, component: lazy(() => import('./components/NotifyPreferences.vue')) }],
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
