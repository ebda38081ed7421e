import { defineModule } from '@/shared/module';

export { directoryKey, useDirectory } from './directory';

export default defineModule({
  id: 'org',
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('./views/LoginView.vue'),
      meta: { open: true, bare: true, title: 'org.login.title' },
    },
    {
      path: '/setup',
      name: 'setup',
      component: () => import('./views/SetupView.vue'),
      meta: { bare: true, title: 'org.setup.title' },
    },
    {
      path: '/password',
      name: 'password',
      component: () => import('./views/PasswordView.vue'),
      meta: { bare: true, title: 'org.password.title' },
    },
    {
      path: '/account',
      name: 'account',
      component: () => import('./views/AccountView.vue'),
      meta: { title: 'org.account.title' },
    },
    {
      path: '/people',
      name: 'people',
      component: () => import('./views/PeopleView.vue'),
      meta: { title: 'org.people.title', needs: ['person:read'] },
    },
  ],
  menu: [
    {
      id: 'people',
      label: 'org.people.title',
      icon: 'people',
      to: '/people',
      section: 'admin',
      order: 10,
      needs: ['person:read'],
      phone: true,
    },
  ],
  permissions: [
    'person:read',
    'person:create',
    'person:update',
    'person:disable',
    'person:reset_password',
    'department:create',
    'department:update',
    'department:delete',
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module !== 'org' && message.module !== 'access') return;
    if (message.ref.kind === 'department') void queries.invalidateQueries({ queryKey: ['departments'] });
    if (message.ref.kind === 'person' || message.module === 'access') {
      void queries.invalidateQueries({ queryKey: ['people'] });
      void queries.invalidateQueries({ queryKey: ['directory'] });
      void queries.invalidateQueries({ queryKey: ['departments'] });
    }
  },
});
