import { createI18n } from 'vue-i18n';
import type { Language } from '@/api/types';
import type { Locales, WebModule } from './module';

const key = 'dingban.language';

export const languages: Language[] = ['zh-CN', 'en'];

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: false as const,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: {},
});

let sources = new Set<Locales>();
const loaded = new Set<Language>();
const shared = {
  'zh-CN': () => import('./locales/zh-CN.json'),
  en: () => import('./locales/en.json'),
};

export function currentLanguage(): Language {
  return i18n.global.locale.value as Language;
}

export function t(path: string, values: Record<string, unknown> = {}): string {
  return i18n.global.t(path, values);
}
export function has(path: string): boolean {
  return i18n.global.te(path);
}

/** The words of one language arrive in one file; the other language is fetched only when somebody asks for it. */
export async function useLanguage(language: Language): Promise<void> {
  if (!loaded.has(language)) {
    const parts = await Promise.all([shared[language](), ...[...sources].map((words) => words[language]())]);
    for (const part of parts) i18n.global.mergeLocaleMessage(language, part.default as Record<string, string>);
    loaded.add(language);
  }
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(key, language);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

const coming = new Map<Locales, Promise<unknown>>();

/** Words that only some pages need come with the first of them, and from then on with every language. */
export async function addWords(words: Locales): Promise<void> {
  let these = coming.get(words);
  if (!these) {
    sources.add(words);
    these = Promise.all(
      [...loaded].map(async (language) =>
        i18n.global.mergeLocaleMessage(language, (await words[language]()).default as Record<string, string>),
      ),
    );
    coming.set(words, these);
  }
  try {
    await these;
  } catch (error) {
    coming.delete(words); // the next page that needs them asks again
    throw error;
  }
}

export function preferredLanguage(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    kept = null;
  }
  if (kept === 'en' || kept === 'zh-CN') return kept;
  // Chinese is the product's first language: only a reader who asks for English before Chinese gets English.
  const first = navigator.languages.find((l) => /^(zh|en)/i.test(l)) ?? 'zh-CN';
  return /^en/i.test(first) ? 'en' : 'zh-CN';
}

export async function startLanguage(modules: WebModule[]): Promise<void> {
  sources = new Set(modules.map((m) => m.locales));
  await useLanguage(preferredLanguage());
}
