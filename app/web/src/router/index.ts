import { createRouter, createWebHistory, type Router } from 'vue-router';
import type { WebModule } from '@/shared/module';
import { ownPath } from '@/shared/ownPath';
import type { useSession } from '@/shared/session';

export function makeRouter(modules: WebModule[], session: ReturnType<typeof useSession>): Router {
  const router = createRouter({
    history: createWebHistory(),
    scrollBehavior: (to, from, saved) => (to.path === from.path ? false : (saved ?? { top: 0 })),
    routes: [
      { path: '/', redirect: '/projects' },
      ...modules.flatMap((m) => m.routes),
      {
        path: '/denied',
        name: 'denied',
        component: () => import('@/shell/DeadEndView.vue'),
        props: { problem: 's403', art: 'lock' },
        meta: { title: 'shared.problem.s403Title' },
      },
      {
        path: '/:rest(.*)*',
        name: 'lost',
        component: () => import('@/shell/DeadEndView.vue'),
        props: { problem: 's404', art: 'lost' },
        meta: { title: 'shared.problem.s404Title' },
      },
    ],
  });

  router.beforeEach(async (to) => {
    await session.load();
    if (!session.signedIn) {
      if (to.meta.open) return true;
      return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    }
    const me = session.me;
    // A restricted session can do one thing only; everything else would be refused by the server anyway.
    if (me?.setupNeeded) return to.name === 'setup' ? true : { name: 'setup' };
    if (me?.mustChangePassword)
      return to.name === 'password' ? true : { name: 'password', query: { next: to.fullPath } };
    if (to.name === 'login' || to.name === 'setup' || to.name === 'password') return ownPath(to.query.next);
    if (!session.canAny(to.meta.needs)) return { name: 'denied', query: { from: to.fullPath }, replace: true };
    return true;
  });
  return router;
}
