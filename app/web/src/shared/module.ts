import type { QueryClient } from '@tanstack/vue-query';
import type { Component } from 'vue';
import type { RouteRecordRaw } from 'vue-router';
import type { LiveMessage, Task } from '@/api/types';
import type { IconName } from './icons';

type Loader = () => Promise<{ default: unknown }>;

/** Where the words of each language come from. */
export type Locales = { 'zh-CN': Loader; en: Loader };

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

/**
 * A part of an open task that a module above tasks adds. Its component is given `task` and `editable`, and comes when
 * it is first needed (shared/lazy).
 */
export interface TaskPart {
  id: string;
  /** Among the facts at the top, below the description, or a tab beside the comments. */
  place: 'facts' | 'body' | 'tab';
  order: number;
  component: Component;
  /** Key of what a tab is called. */
  label?: string;
  /** How many there are of it, shown at the tab. */
  count?: (task: Task) => number;
  /** Whether there is anything to show; without it always. */
  when?: (task: Task, editable: boolean) => boolean;
}

/** An entry of an open task's menu. Its component is a dialog with v-model that is given `task`. */
export interface TaskCommand {
  id: string;
  label: string;
  icon: IconName;
  order: number;
  /** Shown to those who may work in the project only. */
  work?: boolean;
  danger?: boolean;
  component: Component;
}

/** A page of a project, which its head links to. */
export interface ProjectView {
  id: string;
  label: string;
  icon: IconName;
  order: number;
  path: (projectId: number) => string;
}

/** An entry of a project's menu. Its component is a dialog with v-model that is given `projectId`. */
export interface ProjectCommand {
  id: string;
  label: string;
  icon: IconName;
  order: number;
  /** Who is shown it: whoever reads the project, works in it, or manages it. */
  who: 'read' | 'work' | 'manage';
  component: Component;
}

/** A section of the page of one's own account. */
export interface AccountPart {
  id: string;
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
  taskParts?: TaskPart[];
  taskCommands?: TaskCommand[];
  projectViews?: ProjectView[];
  projectCommands?: ProjectCommand[];
  accountParts?: AccountPart[];
  locales: Locales;
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
