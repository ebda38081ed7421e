import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'exchange',
  routes: [],
  projectCommands: [
    {
      id: 'import',
      label: 'exchange.import.title',
      icon: 'upload',
      order: 50,
      who: 'manage',
      component: lazy(() => import('./components/ImportDialog.vue')),
    },
    {
      id: 'export',
      label: 'exchange.export.title',
      icon: 'download',
      order: 60,
      who: 'work',
      component: lazy(() => import('./components/ExportDialog.vue')),
    },
  ],
  accountParts: [{ id: 'feeds', order: 50, component: lazy(() => import('./components/FeedSection.vue')) }],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
});
