import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export { useRoles } from './roles';
export const RolesDialog = lazy(() => import('./components/RolesDialog.vue'));

export default defineModule({
  id: 'access',
  routes: [],
  permissions: ['role:assign'],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
});
