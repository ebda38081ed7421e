import { defineModule } from '@/shared/module';

export default defineModule({
  id: 'view',
  routes: [
    {
      path: '/projects/:project(\\d+)/table',
      name: 'project-table',
      component: () => import('./views/TableView.vue'),
      meta: { title: 'view.table' },
    },
    {
      path: '/projects/:project(\\d+)/calendar',
      name: 'project-calendar',
      component: () => import('./views/CalendarView.vue'),
      meta: { title: 'view.calendar' },
    },
    { path: '/work', name: 'work', component: () => import('./views/WorkView.vue'), meta: { title: 'view.work' } },
  ],
  menu: [{ id: 'work', label: 'view.work', icon: 'table', to: '/work', section: 'work', order: 15 }],
  projectViews: [
    { id: 'table', label: 'view.table', icon: 'table', order: 30, path: (project) => `/projects/${project}/table` },
    {
      id: 'calendar',
      label: 'view.calendar',
      icon: 'calendar',
      order: 40,
      path: (project) => `/projects/${project}/calendar`,
    },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // Lists of tasks are made old by the modules of what they show; here only the views and the states.
    if (message.module === 'view') void queries.invalidateQueries({ queryKey: ['views'] });
    if (message.module === 'board') void queries.invalidateQueries({ queryKey: ['tasks', 'query'] });
  },
});
