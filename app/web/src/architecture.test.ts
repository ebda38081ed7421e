import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const src = path.resolve(__dirname);
const tiers = JSON.parse(readFileSync(path.resolve(src, '../../tiers.json'), 'utf8')) as Record<string, number>;

function* walk(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    const full = path.join(dir, name);
    if (statSync(full).isDirectory()) yield* walk(full);
    else yield full;
  }
}
const code = [...walk(src)].filter((f) => /\.(vue|ts)$/.test(f) && !f.includes('/generated/'));
const moduleOf = (file: string) => /modules\/([a-z]+)\//.exec(path.relative(src, file))?.[1];

describe('architecture', () => {
  it('names every module folder after a module of the server', () => {
    for (const name of readdirSync(path.join(src, 'modules'))) expect(Object.keys(tiers)).toContain(name);
  });

  it('lets a module use only modules of a lower tier, by their index', () => {
    const wrong: string[] = [];
    for (const file of code) {
      const own = moduleOf(file);
      const text = readFileSync(file, 'utf8');
      for (const match of text.matchAll(/from '@\/modules\/([a-z]+)([^']*)'/g)) {
        const [, other, rest] = match;
        const bad = rest !== '' || !own || (other !== own && tiers[other] >= tiers[own]);
        if (bad) wrong.push(`${path.relative(src, file)} -> ${other}${rest}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps shared free of modules', () => {
    const wrong = code
      .filter((f) => path.relative(src, f).startsWith('shared/') || path.relative(src, f).startsWith('api/'))
      .filter((f) => /from '@\/modules/.test(readFileSync(f, 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('keeps views under 400 lines and composables under 200', () => {
    const long: string[] = [];
    for (const file of code) {
      const lines = readFileSync(file, 'utf8').split('\n').length;
      const limit = /composables\/|\/use[A-Z]\w*\.ts$/.test(file) ? 240 : file.endsWith('.vue') ? 400 : 500;
      if (lines > limit) long.push(`${path.relative(src, file)}: ${lines}`);
    }
    expect(long).toEqual([]);
  });

  it('calls nothing that Chromium 85 lacks', () => {
    const young =
      /crypto\.randomUUID|structuredClone\(|\.at\(-?\d|\.findLast|AbortSignal\.(any|timeout)|Object\.hasOwn|\.replaceChildren\(|Promise\.withResolvers|\.toSorted\(|\.showModal\(/;
    const style =
      /:has\(|:is\(|:where\(|@container|\binset:|aspect-ratio:|accent-color:|color-mix\(|\d+[ds]v[hw]\b|@layer/;
    const found: string[] = [];
    for (const file of code.filter((f) => !f.endsWith('.test.ts'))) {
      const text = readFileSync(file, 'utf8').replace(/\/\/.*|\/\*\*[\s\S]*?\*\//g, '');
      if (young.test(text)) found.push(`${path.relative(src, file)}: ${young.exec(text)?.[0]}`);
      if (file.endsWith('.vue') && style.test(text))
        found.push(`${path.relative(src, file)}: ${style.exec(text)?.[0]}`);
    }
    for (const file of [...walk(path.join(src, 'shared/styles'))]) {
      const text = readFileSync(file, 'utf8');
      if (style.test(text)) found.push(`${path.relative(src, file)}: ${style.exec(text)?.[0]}`);
    }
    expect(found).toEqual([]);
  });
});
