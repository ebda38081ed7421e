import { addWords } from '@/shared/i18n';
import { defineModule } from '@/shared/module';

/** What only administrators read does not come with the first page. */
export const pageWords = {
  'zh-CN': () => import('./pages/locales/zh-CN.json'),
  en: () => import('./pages/locales/en.json'),
};

export default defineModule({
  id: 'audit',
  routes: [
    {
      path: '/audit',
      name: 'audit',
      component: () => addWords(pageWords).then(() => import('./views/AuditView.vue')),
      meta: { title: 'audit.title', needs: ['audit:read'] },
    },
  ],
  menu: [
    {
      id: 'audit',
      label: 'audit.title',
      icon: 'audit',
      to: '/audit',
      section: 'admin',
      order: 20,
      needs: ['audit:read'],
      phone: true,
    },
  ],
  permissions: ['audit:read', 'audit:verify'],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
});
