import { addWords } from '@/shared/i18n';
import { defineModule } from '@/shared/module';

/** What only administrators read does not come with the first page. */
const pageWords = {
  'zh-CN': () => import('./pages/locales/zh-CN.json'),
  en: () => import('./pages/locales/en.json'),
};

export default defineModule({
  id: 'workday',
  routes: [
    {
      path: '/workdays',
      name: 'workdays',
      component: () => addWords(pageWords).then(() => import('./views/WorkdayView.vue')),
      meta: { title: 'workday.title', needs: ['workday:manage'] },
    },
  ],
  menu: [
    {
      id: 'workday',
      label: 'workday.title',
      icon: 'calendar',
      to: '/workdays',
      section: 'admin',
      order: 15,
      needs: ['workday:manage'],
    },
  ],
  permissions: ['workday:manage'],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module === 'workday') void queries.invalidateQueries({ queryKey: ['workdays'] });
  },
});
