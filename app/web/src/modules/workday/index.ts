import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'workday',
  routes: [
    {
      path: '/workdays',
      name: 'workdays',
      component: () => import('./views/WorkdayView.vue'),
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
