import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Me } from '@/api/types';
import { defineModule } from '@/shared/module';
import { ownPath } from '@/shared/ownPath';
import { useSession } from '@/shared/session';
import { makeRouter } from './index';

// The test's document knows no media queries, which the theme asks for as soon as it is loaded.
vi.hoisted(() => {
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});

const page = { template: '<i />' };
const route = (name: string, open = false) => ({ path: `/${name}`, name, component: page, meta: { open } });
const pages = defineModule({
  id: 'org',
  routes: [
    route('login', true),
    route('password'),
    route('setup'),
    route('projects'),
    route('tasks'),
    { path: '/p/:key', name: 'board', component: page },
  ],
  locales: { 'zh-CN': async () => ({ default: {} }), en: async () => ({ default: {} }) },
});
const me = (change: Partial<Me> = {}) =>
  ({ permissions: [], mustChangePassword: false, setupNeeded: false, ...change }) as unknown as Me;

function start(who: Me | null) {
  const session = useSession();
  session.me = who;
  session.known = true;
  return { session, router: makeRouter([pages], session) };
}

beforeEach(() => setActivePinia(createPinia()));

describe('the way in', () => {
  it('leads from a deep link over log-in and the change of the password to the page asked for', async () => {
    const { session, router } = start(null);
    await router.push('/p/OPS?task=12#c3');
    expect(router.currentRoute.value.name).toBe('login');
    const wanted = router.currentRoute.value.query.next;
    expect(wanted).toBe('/p/OPS?task=12#c3');

    session.me = me({ mustChangePassword: true });
    await router.replace(ownPath(wanted));
    expect(router.currentRoute.value.name).toBe('password');
    // Whatever is tried meanwhile, the change comes first.
    await router.push('/tasks');
    expect(router.currentRoute.value.fullPath).toBe('/password?next=/tasks');
    await router.replace('/p/OPS?task=12#c3');

    session.me = me();
    await router.replace(ownPath(router.currentRoute.value.query.next));
    expect(router.currentRoute.value.fullPath).toBe('/p/OPS?task=12#c3');
  });

  it('sends whoever is in already from the log-in to the page it stands for', async () => {
    const { router } = start(me());
    await router.push('/login?next=/tasks');
    expect(router.currentRoute.value.fullPath).toBe('/tasks');
    await router.push('/password?next=https://example.invalid/');
    expect(router.currentRoute.value.fullPath).toBe('/projects');
  });
});

describe('a page asked for', () => {
  it('is followed when it is one of ours', () => {
    for (const path of ['/tasks', '/p/OPS?task=12', '/p/OPS#x', '/p/%E4%B8%AD', '/p/a?next=//example.invalid'])
      expect(ownPath(path)).toBe(path);
  });
  it.each([
    undefined,
    null,
    ['/tasks', '/people'],
    '',
    'tasks',
    '//example.invalid/x',
    '/\\example.invalid',
    '\\\\example.invalid',
    '/\t/example.invalid',
    '/\n/example.invalid',
    ' //example.invalid',
    '/.//example.invalid',
    '/x/..//example.invalid',
    'https://example.invalid',
    'http:/tasks',
    'javascript:alert(1)',
    '/login?next=/tasks',
    '/password',
    '/setup',
  ])('is not followed out of the house, nor round in a circle: %j', (wanted) => {
    expect(ownPath(wanted)).toBe('/');
  });
});
