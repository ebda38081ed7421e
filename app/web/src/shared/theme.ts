import { ref } from 'vue';
import type { Theme } from '@/api/types';

const key = 'dingban.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = ref<Theme>(kept());

function kept(): Theme {
  try {
    const value = localStorage.getItem(key);
    if (value === 'light' || value === 'dark') return value;
  } catch {
    // Storage may be switched off; the system's preference decides then.
  }
  return 'auto';
}

function apply(): void {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && system.matches);
  document.documentElement.classList.toggle('dark', dark);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#0e1015' : '#f6f7f9');
}

export function setTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // As above.
  }
  apply();
}

export function startTheme(): void {
  system.addEventListener('change', apply);
  apply();
}
