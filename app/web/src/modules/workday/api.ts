import { ask, client } from '@/api/client';
import type { Items, WorkDay, WorkRules, WorkTable, WorkYear } from '@/api/types';

export const listDays = (from: string, to: string): Promise<Items<WorkDay>> =>
  ask(client.GET('/workdays', { params: { query: { from, to } } }));
export const getYear = (year: number): Promise<WorkYear> =>
  ask(client.GET('/workdays/years/{year}', { params: { path: { year } } }));
export const putYear = (year: number, body: WorkTable): Promise<WorkYear> =>
  ask(client.PUT('/workdays/years/{year}', { params: { path: { year } }, body }));
export const resetYear = (year: number, version: number): Promise<WorkYear> =>
  ask(client.DELETE('/workdays/years/{year}', { params: { path: { year }, query: { version } } }));
export const getRules = (): Promise<WorkRules> => ask(client.GET('/workdays/rules'));
export const putRules = (body: WorkRules): Promise<WorkRules> => ask(client.PUT('/workdays/rules', { body }));
