import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { hooks } from '@/api/client';
import App from './App.vue';
import { modules } from './modules';
import { queries } from './queries';
import { makeRouter } from './router';
import { currentLanguage, i18n, startLanguage } from './shared/i18n';
import { reachable } from './shared/reach';
import { useSession } from './shared/session';
import { startTheme } from './shared/theme';
import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/dark/css-vars.css';
import './shared/styles/tokens.css';
import './shared/styles/base.css';

async function start(): Promise<void> {
  startTheme();
  const app = createApp(App);
  app.use(createPinia());
  app.use(i18n);
  app.use(VueQueryPlugin, { queryClient: queries });

  const session = useSession();
  const router = makeRouter(modules, session);
  hooks.language = currentLanguage;
  hooks.onReach = (ok) => (reachable.value = ok);
  hooks.onUnauthenticated = () => {
    if (!session.signedIn) return;
    session.forget();
    queries.clear();
    void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath, ended: '1' } });
  };
  hooks.onRestricted = () => {
    const { name, fullPath } = router.currentRoute.value;
    if (name === 'password') return;
    session.known = false; // what the page knew of the session is no longer so
    void router.push({ name: 'password', query: { next: fullPath } });
  };

  await startLanguage(modules);
  app.use(router);
  app.mount('#app');
}

void start();
