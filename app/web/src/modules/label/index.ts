import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';

export { listLabels } from './api';
export const LabelPicker = lazy(() => import('./components/LabelPicker.vue'));

export default defineModule({
  id: 'label',
  routes: [],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module !== 'label' || !message.projectId) return;
    void queries.invalidateQueries({ queryKey: ['labels', message.projectId] });
    // Every card that bears it shows its name and colour.
    void queries.invalidateQueries({ queryKey: ['tasks'] });
    void queries.invalidateQueries({ queryKey: ['task'] });
  },
});
