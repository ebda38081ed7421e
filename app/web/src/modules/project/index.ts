import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';
import ProjectMenu from './components/ProjectMenu.vue';

export { projectKey, useProject } from './project';
export const ProjectHead = lazy(() => import('./components/ProjectHead.vue'));

export default defineModule({
  id: 'project',
  routes: [
    {
      path: '/projects',
      name: 'projects',
      component: () => import('./views/ProjectsView.vue'),
      meta: { title: 'project.title' },
    },
  ],
  menu: [
    {
      id: 'projects',
      label: 'project.title',
      icon: 'projects',
      to: '/projects',
      section: 'work',
      order: 20,
      phone: true,
    },
  ],
  permissions: ['project:create'],
  slots: [{ place: 'menu', order: 10, component: ProjectMenu }],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    if (message.module === 'project' || message.module === 'access') {
      void queries.invalidateQueries({ queryKey: ['projects'] });
      if (message.projectId) {
        void queries.invalidateQueries({ queryKey: ['project', message.projectId, 'head'] });
        void queries.invalidateQueries({ queryKey: ['project', message.projectId, 'members'] });
      }
    }
    // The counts on the cards follow the tasks.
    if (message.module === 'task' && /create|complete|delete|move|reopen/.test(message.verb)) {
      void queries.invalidateQueries({ queryKey: ['projects'] });
    }
  },
});
