// Runs pages in a real Chromium 85, spoken to over a pipe: today's drivers no longer know a browser this old.
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { web } from './server.mjs';

const home = path.join(web, 'e2e/chromium85');
const packed = path.join(home, 'node_modules/chrome-aws-lambda/bin');

/** Fetches the package with the old browser; false when that cannot be done here. */
export function install85() {
  if (existsSync(path.join(packed, 'chromium.br'))) return true;
  return spawnSync('npm', ['ci', '--silent'], { cwd: home, stdio: 'ignore', timeout: 300_000 }).status === 0;
}

async function unpack(dir) {
  if (!install85()) return null;
  const file = path.join(dir, 'chromium');
  await pipeline(
    createReadStream(path.join(packed, 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(file, { mode: 0o755 }),
  );
  const tar = path.join(dir, 'swiftshader.tar');
  await pipeline(
    createReadStream(path.join(packed, 'swiftshader.tar.br')),
    createBrotliDecompress(),
    createWriteStream(tar),
  );
  mkdirSync(path.join(dir, 'swiftshader'), { recursive: true });
  spawnSync('tar', ['-xf', tar, '-C', path.join(dir, 'swiftshader')]);
  return file;
}

/** Null when the package cannot be installed here; the caller says so and skips. */
export async function launch85() {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'chromium85-'));
  const file = await unpack(dir);
  if (!file) return null;
  const child = spawn(
    file,
    [
      '--headless',
      '--no-sandbox',
      '--single-process',
      '--no-zygote',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--ignore-certificate-errors',
      '--remote-debugging-pipe',
      `--user-data-dir=${path.join(dir, 'profile')}`,
      '--window-size=1280,860',
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  let noise = '';
  child.stderr.on('data', (chunk) => (noise = (noise + chunk).slice(-4000)));
  const waiting = new Map();
  const faults = [];
  let next = 1;
  let rest = '';
  child.stdio[4].on('data', (chunk) => {
    rest += chunk;
    for (let end = rest.indexOf('\0'); end >= 0; end = rest.indexOf('\0')) {
      const message = JSON.parse(rest.slice(0, end));
      rest = rest.slice(end + 1);
      if (message.id && waiting.has(message.id)) {
        const { resolve, reject } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
      } else if (message.method === 'Runtime.exceptionThrown') {
        const d = message.params.exceptionDetails;
        faults.push(d.exception?.description ?? d.text);
      } else if (
        message.method === 'Log.entryAdded' &&
        message.params.entry.level === 'error' &&
        message.params.entry.source !== 'network'
      ) {
        faults.push(message.params.entry.text);
      }
    }
  });
  let session;
  function send(method, params = {}) {
    const id = next++;
    child.stdio[3].write(JSON.stringify({ id, method, params, ...(session ? { sessionId: session } : {}) }) + '\0');
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      setTimeout(() => waiting.delete(id) && reject(new Error(`${method} was not answered\n${noise}`)), 20_000).unref();
    });
  }
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  session = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);

  async function run(expression) {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails)
      throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  }
  async function until(expression, what = expression) {
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      if (await run(`!!(${expression})`).catch(() => false)) return;
      await new Promise((r) => setTimeout(r, 100));
    }
    throw new Error(`never came true: ${what}\n${faults.join('\n')}`);
  }
  return {
    faults,
    run,
    until,
    version: async () => (await send('Browser.getVersion')).product,
    go: (url) => send('Page.navigate', { url }),
    fill: (selector, value) =>
      run(
        `(() => { const el = document.querySelector(${JSON.stringify(selector)}); el.focus(); el.value = ${JSON.stringify(value)}; el.dispatchEvent(new Event('input', { bubbles: true })); })()`,
      ),
    click: (selector) => run(`document.querySelector(${JSON.stringify(selector)}).click()`),
    async shot(file) {
      const { data } = await send('Page.captureScreenshot', { format: 'png' });
      createWriteStream(file).end(Buffer.from(data, 'base64'));
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
