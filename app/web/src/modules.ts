import type { WebModule } from '@/shared/module';

const found = import.meta.glob<{ default: WebModule }>('./modules/*/index.ts', { eager: true });

export const modules: WebModule[] = Object.values(found).map((m) => m.default);

/** What all modules add to one place, in its order. */
export function partsOf<K extends 'taskParts' | 'taskCommands' | 'projectViews' | 'projectCommands' | 'accountParts'>(
  kind: K,
): NonNullable<WebModule[K]> {
  const found = modules.flatMap((m): { order: number }[] => m[kind] ?? []);
  return found.sort((a, b) => a.order - b.order) as NonNullable<WebModule[K]>;
}
