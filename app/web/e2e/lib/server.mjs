// Starts the real binary on a data folder of its own and a free port, and reads from what it prints where it listens
// and which one-time passwords it made.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const web = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const root = path.resolve(web, '../..');

/** The binary under test: E2E_BINARY or DINGBAN_BIN, or one built here with the pages of dist/. */
export function binary() {
  const given = process.env.E2E_BINARY ?? process.env.DINGBAN_BIN;
  if (given) return path.resolve(given);
  if (!existsSync(path.join(web, 'dist/index.html'))) throw new Error('dist/ is empty: run "npm run build" first');
  const out = path.join(os.tmpdir(), `dingban-e2e-${process.pid}`, 'dingban');
  const built = spawnSync('go', ['build', '-o', out, './cmd/dingban'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('go build failed');
  return out;
}

// Settings of the caller would make it another server; names it does not know it refuses.
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DINGBAN_')));

async function serve(data, listen, demo, env) {
  const args = ['serve', '--data-dir', data, ...(demo ? ['--demo'] : [])];
  const child = spawn(binary(), args, {
    env: { ...clean, DINGBAN_SERVER_LISTEN: listen, DINGBAN_LOGIN_HASH_ITERATIONS: '10000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not start:\n${text}`)), 60_000);
    const read = (chunk) => {
      text += chunk;
      const found = /msg=serving\b.*\burl=(\S+)/.exec(text) ?? /"msg":"serving".*"url":"([^"]+)"/.exec(text);
      if (found) {
        clearTimeout(timer);
        resolve(found[1].replace(/\/$/, ''));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}:\n${text}`));
    });
  });
  return { child, url, text: () => text };
}

async function end(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function startServer({ demo = true, env = {} } = {}) {
  const data = mkdtempSync(path.join(os.tmpdir(), 'dingban-e2e-data-'));
  let running = await serve(data, '127.0.0.1:0', demo, env);
  const { url } = running;
  const text = running.text();
  const passwords = new Map();
  for (const m of text.matchAll(/^ {4}([a-z][a-z0-9._-]+)\s+((?:[A-Za-z0-9]{4}-){2,}[A-Za-z0-9]{2,4})\s*$/gm))
    passwords.set(m[1], m[2]);
  const admin = /One-time password: (\S+)/.exec(text);
  if (admin) passwords.set('admin', admin[1]);
  return {
    url,
    passwords,
    log: () => running.text(),
    /** Stops the process and leaves its data, as a restart of the machine would. */
    async pause() {
      await end(running.child);
      running = null;
    },
    async resume() {
      running = await serve(data, new URL(url).host, false, env);
    },
    async stop() {
      if (running) await end(running.child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
