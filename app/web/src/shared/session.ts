import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { ask, client } from '@/api/client';
import { asApiError } from '@/api/errors';
import type { Language, Me, Setup, Theme } from '@/api/types';
import { useLanguage } from './i18n';
import { setTheme } from './theme';

/** Who is here and what they may do. The server decides each time again; this only decides what to show. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null);
  const setup = ref<Setup | null>(null);
  const known = ref(false);

  const signedIn = computed(() => me.value !== null);
  const restricted = computed(() => !!me.value && (me.value.mustChangePassword || me.value.setupNeeded));
  const granted = computed(() => new Set(me.value?.permissions ?? []));

  function can(permission: string): boolean {
    return granted.value.has(permission);
  }
  function canAny(needs: string[] | undefined): boolean {
    return !needs || needs.length === 0 || needs.some(can);
  }

  async function accept(next: Me): Promise<void> {
    me.value = next;
    known.value = true;
    if (next.language === 'zh-CN' || next.language === 'en') await useLanguage(next.language);
    if (next.theme === 'light' || next.theme === 'dark' || next.theme === 'auto') setTheme(next.theme);
  }
  /** Finds out once who is here; a stranger is an ordinary answer. */
  async function load(): Promise<void> {
    if (known.value) return;
    try {
      await accept(await ask(client.GET('/session')));
    } catch (error) {
      if (asApiError(error).status !== 401) throw error;
      me.value = null;
      known.value = true;
    }
  }
  /** Asks again. Only a clear no counts: a server that is away for a moment ends nobody's session. */
  async function stillSignedIn(): Promise<boolean> {
    try {
      await ask(client.GET('/session'));
      return true;
    } catch (error) {
      return asApiError(error).status !== 401;
    }
  }
  async function loadSetup(): Promise<Setup> {
    setup.value ??= await ask<Setup>(client.GET('/setup'));
    return setup.value;
  }
  async function logIn(account: string, password: string): Promise<void> {
    await accept(await ask(client.POST('/sessions', { body: { account, password } })));
  }
  async function logOut(): Promise<void> {
    await ask(client.DELETE('/session'));
    forget();
  }
  function forget(): void {
    me.value = null;
    known.value = true;
  }
  async function prefer(change: { language?: Language; theme?: Theme }): Promise<void> {
    // The page follows at once; that the server remembers it for the next machine may take its time.
    if (change.language) await useLanguage(change.language);
    if (change.theme) setTheme(change.theme);
    if (me.value && !restricted.value) {
      const next = await ask<Me>(client.PATCH('/me', { body: change }));
      me.value = next;
    }
  }

  return {
    me,
    setup,
    known,
    signedIn,
    restricted,
    can,
    canAny,
    accept,
    load,
    stillSignedIn,
    loadSetup,
    logIn,
    logOut,
    forget,
    prefer,
  };
});
