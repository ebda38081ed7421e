import type { WebModule } from '@/shared/module';

const found = import.meta.glob<{ default: WebModule }>('./modules/*/index.ts', { eager: true });

export const modules: WebModule[] = Object.values(found).map((m) => m.default);
