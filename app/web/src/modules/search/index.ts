import { defineModule } from '@/shared/module';
import SearchBox from './components/SearchBox.vue';

export default defineModule({
  id: 'search',
  routes: [],
  slots: [{ place: 'topbar', order: 10, component: SearchBox }],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
});
