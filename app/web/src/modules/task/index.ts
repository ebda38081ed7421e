import { lazy } from '@/shared/lazy';
import { defineModule } from '@/shared/module';
import TaskHost from './components/TaskHost.vue';

export { changeLines, type ChangeLine } from './changes';
export const AssigneePicker = lazy(() => import('./components/AssigneePicker.vue'));

export default defineModule({
  id: 'task',
  routes: [
    { path: '/tasks', name: 'tasks', component: () => import('./views/TasksView.vue'), meta: { title: 'task.mine' } },
    {
      path: '/projects/:project(\\d+)/list',
      name: 'project-list',
      component: () => import('./views/ProjectListView.vue'),
      meta: { title: 'task.list' },
    },
    { path: '/t/:key', name: 'task-key', component: () => import('./views/KeyView.vue'), meta: { title: 'task.mine' } },
  ],
  menu: [{ id: 'tasks', label: 'task.mine', icon: 'tasks', to: '/tasks', section: 'work', order: 10, phone: true }],
  slots: [{ place: 'overlay', order: 10, component: TaskHost }],
  projectViews: [
    { id: 'list', label: 'project.list', icon: 'list', order: 20, path: (project) => `/projects/${project}/list` },
  ],
  locales: { 'zh-CN': () => import('./locales/zh-CN.json'), en: () => import('./locales/en.json') },
  live: (message, queries) => {
    // A comment is journalled under its own name and names the task it stands at.
    if (message.module !== 'task' && message.module !== 'comment') return;
    void queries.invalidateQueries({ queryKey: ['tasks'] });
    const id = message.ref.kind === 'task' ? message.ref.id : undefined;
    if (id === undefined) return;
    if (message.verb !== 'task.delete') void queries.invalidateQueries({ queryKey: ['task', id] });
    void queries.invalidateQueries({ queryKey: ['comments', id] });
    void queries.invalidateQueries({ queryKey: ['history', id] });
  },
});
