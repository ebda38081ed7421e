import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const src = path.resolve(__dirname);

function* walk(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    const full = path.join(dir, name);
    if (statSync(full).isDirectory()) yield* walk(full);
    else yield full;
  }
}
const files = [...walk(src)];
const code = files.filter((f) => /\.(vue|ts)$/.test(f) && !/\.test\.ts$/.test(f) && !f.includes('/generated/'));

function flatten(value: unknown, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof inner === 'string') found.set(name, inner);
    else for (const [k, v] of flatten(inner, name)) found.set(k, v);
  }
  return found;
}
const holders = files.filter((f) => f.endsWith('/locales/zh-CN.json')).map((f) => path.dirname(f));
const read = (dir: string, language: string) =>
  flatten(JSON.parse(readFileSync(path.join(dir, `${language}.json`), 'utf8')));
const all = new Map(holders.flatMap((dir) => [...read(dir, 'zh-CN')]));
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe('words', () => {
  it.each(holders.map((dir) => [path.relative(src, dir), dir]))('%s says the same in both languages', (_name, dir) => {
    const zh = read(dir, 'zh-CN');
    const en = read(dir, 'en');
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    for (const [key, text] of zh) {
      expect(text.trim(), key).not.toBe('');
      expect(en.get(key)?.trim(), key).not.toBe('');
      expect(places(en.get(key) ?? ''), key).toEqual(places(text));
    }
  });

  it('has every key the pages ask for', () => {
    const missing: string[] = [];
    for (const file of code) {
      const text = readFileSync(file, 'utf8');
      for (const match of text.matchAll(/\bt\(\s*'([a-z][\w.]+)'/g)) {
        if (!all.has(match[1])) missing.push(`${path.relative(src, file)}: ${match[1]}`);
      }
      for (const match of text.matchAll(/(?:title|label): '([a-z]+\.[\w.]+)'/g)) {
        if (!all.has(match[1])) missing.push(`${path.relative(src, file)}: ${match[1]}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('has the keys that are put together while running', () => {
    const wanted = [
      ...['none', 'low', 'medium', 'high', 'urgent'].map((x) => `shared.priority.${x}`),
      ...['todo', 'doing', 'done'].flatMap((x) => [`shared.category.${x}`, `board.empty.${x}`]),
      ...['private', 'department', 'organisation'].flatMap((x) => [`project.kind.${x}`, `project.kindText.${x}`]),
      ...['owner', 'manager', 'member', 'viewer'].map((x) => `project.roles.${x}`),
      ...['parked', 'failing', 'behind', 'works'].map((x) => `audit.health.${x}`),
      ...['s403', 's404'].flatMap((x) => [`shared.problem.${x}`, `shared.problem.${x}Title`]),
      ...['light', 'dark', 'auto'].map((x) => `shared.theme.${x}`),
      ...['open', 'overdue', 'today', 'week', 'done'].flatMap((x) => [`task.show.${x}`, `task.nothing.${x}`]),
      ...['thumbs_up', 'ok', 'done', 'heart', 'clap', 'smile', 'thinking', 'surprised', 'thumbs_down', 'seen'].map(
        (x) => `task.reaction.${x}`,
      ),
      ...['people', 'times', 'amounts', 'places', 'phrases'].map((x) => `comment.kind.${x}`),
      ...['late', 'today', 'week', 'later', 'undated'].map((x) => `task.group.${x}`),
    ];
    expect(wanted.filter((key) => !all.has(key))).toEqual([]);
  });

  it('keeps Chinese out of the code', () => {
    const found: string[] = [];
    for (const file of code) {
      readFileSync(file, 'utf8')
        .split('\n')
        .forEach((line, i) => {
          if (/[\u3400-\u9fff\uff01-\uff5e]/.test(line)) found.push(`${path.relative(src, file)}:${i + 1}`);
        });
    }
    expect(found).toEqual([]);
  });
});
