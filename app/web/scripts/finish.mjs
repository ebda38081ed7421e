// What follows the bundler: the API viewer beside the pages, packed copies of every text file, and the placeholder that
// keeps `go build` working in a fresh clone.
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);

const viewer = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
await mkdir(path.join(dist, 'docs'), { recursive: true });
for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']) {
  await copyFile(path.join(viewer, name), path.join(dist, 'docs', name));
}
const css = path.join(dist, 'docs', 'swagger-ui.css');
await writeFile(css, (await readFile(css, 'utf8')).replace(/\/\*# sourceMappingURL=.*?\*\//g, ''));

async function* files(dir) {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* files(full);
    else yield full;
  }
}

let count = 0;
for await (const file of files(dist)) {
  if (!/\.(js|css|html|svg|json)$/.test(file) || (await stat(file)).size < 1024) continue;
  const text = await readFile(file);
  // mtime 0 is zlib's default here, so the same input always packs to the same bytes.
  await writeFile(file + '.gz', await gzip(text, { level: 9 }));
  await writeFile(
    file + '.br',
    await brotli(text, {
      params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  );
  count++;
}
await rm(path.join(dist, '.gitkeep'), { force: true });
await writeFile(path.join(dist, '.gitkeep'), '');
process.stdout.write(`packed ${count} files\n`);
