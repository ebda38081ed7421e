import { defineModule } from '@/shared/module';
import { boardChanged } from './moves';

export default defineModule({
  id: 'board',
  routes: [
    {
      path: '/projects/:project(\\d+)',
      name: 'board',
      component: () => import('./views/BoardView.vue'),
      meta: { title: 'board.title' },
    },
  ],
  projectViews: [
    { id: 'board', label: 'project.board', icon: 'board', order: 10, path: (project) => `/projects/${project}` },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (!message.projectId) return;
    if (['task', 'comment', 'board', 'label'].includes(message.module)) boardChanged(queries, message.projectId);
    if (message.module === 'board') void queries.invalidateQueries({ queryKey: ['states', message.projectId] });
  },
});
