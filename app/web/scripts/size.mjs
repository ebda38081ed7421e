// Fails when the JavaScript of a first page grows over its budget: what index.html loads, the words of one language,
// and the route's own chunks, gzip sizes added up.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const budget = 180 * 1024;
const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist');
const manifest = JSON.parse(await readFile(path.join(dist, '.vite/manifest.json'), 'utf8'));
const html = await readFile(path.join(dist, 'index.html'), 'utf8');

const fromHtml = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((m) => m[1]);
const gz = async (file) => zlib.gzipSync(await readFile(path.join(dist, file)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  if (chunk.file.endsWith('.js')) seen.add(chunk.file);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

const words = Object.keys(manifest).filter((key) => /words-zh-CN/.test(key) || /words-zh-CN/.test(manifest[key].file));
const pages = {
  'log-in': ['src/modules/org/views/LoginView.vue'],
  projects: ['src/shell/AppShell.vue', 'src/modules/project/views/ProjectsView.vue'],
  board: ['src/shell/AppShell.vue', 'src/modules/board/views/BoardView.vue'],
  people: ['src/shell/AppShell.vue', 'src/modules/org/views/PeopleView.vue'],
};
let failed = false;
for (const [name, keys] of Object.entries(pages)) {
  const set = new Set(fromHtml);
  for (const key of ['index.html', ...words, ...keys]) {
    if (!manifest[key]) throw new Error(`no chunk for ${key}`);
    for (const file of closure(key)) set.add(file);
  }
  let total = 0;
  for (const file of set) total += await gz(file);
  // Only what a person meets first is held to the budget; the others are shown to be seen.
  const first = name === 'log-in' || name === 'projects';
  if (first && total > budget) failed = true;
  process.stdout.write(
    `${name.padEnd(10)} ${(total / 1024).toFixed(1).padStart(7)} KB gzip in ${set.size} files${first ? ` (budget ${budget / 1024})` : ''}\n`,
  );
}
if (failed) {
  process.stderr.write('the first page is over its budget\n');
  process.exit(1);
}
