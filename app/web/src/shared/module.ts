import type { QueryClient } from '@tanstack/vue-query';
import type { Component } from 'vue';
import type { RouteRecordRaw } from 'vue-router';
import type { LiveMessage } from '@/api/types';
import type { IconName } from './icons';

type Loader = () => Promise<{ default: unknown }>;

export interface MenuEntry {
  id: string;
  /** Key of the words. */
  label: string;
  icon: IconName;
  to: string;
  section: 'work' | 'admin';
  order: number;
  /** Any of these permissions shows the entry; none asked for shows it to everyone. */
  needs?: string[];
  /** Kept in the bottom bar of a phone. */
  phone?: boolean;
}

/** A part the shell shows at a fixed place, so that the shell knows no module by name. */
export interface Slot {
  place: 'topbar' | 'menu' | 'overlay';
  order: number;
  component: Component;
}

export interface WebModule {
  id: string;
  routes: RouteRecordRaw[];
  menu?: MenuEntry[];
  /** What the module's pages ask `session.can` for; checked against the server's list by a test. */
  permissions?: string[];
  slots?: Slot[];
  locales: { 'zh-CN': Loader; en: Loader };
  /** Says which cached answers a change makes old. */
  live?: (message: LiveMessage, queries: QueryClient) => void;
}

export function defineModule(module: WebModule): WebModule {
  return module;
}

declare module 'vue-router' {
  interface RouteMeta {
    /** Seen without a session. */
    open?: boolean;
    /** Drawn without menu and top bar. */
    bare?: boolean;
    needs?: string[];
    /** Key of the page's name. */
    title?: string;
  }
}
