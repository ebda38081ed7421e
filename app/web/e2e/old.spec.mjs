import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { password, shots } from './lib/browser.mjs';
import { launch85 } from './lib/chromium85.mjs';
import { startServer } from './lib/server.mjs';

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await launch85();
});
after(async () => {
  await browser?.close();
  await server.stop();
});

test('the pages run on Chromium 85', async (t) => {
  if (!browser) return t.skip('the package with Chromium 85 could not be installed');
  assert.match(await browser.version(), /\/85\./);
  const once = server.passwords.get('lin.xiaowen');
  await browser.go(`${server.url}/login`);
  await browser.until(`document.querySelector('[name=account]')`);
  await browser.shot(path.join(shots, 'chromium85-login.png'));
  await browser.fill('[name=account]', 'lin.xiaowen');
  await browser.fill('[name=password]', once);
  await browser.click('form button[type=submit]');
  await browser.until(`document.querySelector('[name=next]')`);
  await browser.fill('[name=current]', once);
  await browser.fill('[name=next]', password);
  await browser.fill('[name=repeat]', password);
  await browser.click('form button[type=submit]');
  await browser.until(`document.querySelector('[data-test=project-card]')`);
  await browser.shot(path.join(shots, 'chromium85-projects.png'));

  const board = await browser.run(
    `fetch('/api/v1/projects').then((r) => r.json()).then((p) => p.items.reduce((a, b) => (a.openCount >= b.openCount ? a : b)).id)`,
  );
  await browser.go(`${server.url}/projects/${board}`);
  await browser.until(`document.querySelector('[data-card]')`);
  await browser.shot(path.join(shots, 'chromium85-board.png'));
  await browser.click('[data-card] [data-test=card-menu]');
  await browser.until(`document.querySelector('.app-menu')`);
  await browser.run(`document.querySelector('.app-menu [data-choice]:not([aria-disabled="true"])').click()`);
  await browser.click('[data-card] .title');
  await browser.until(`document.querySelector('[data-test=title]')`);
  await browser.click('[data-test=tab-history]');
  await browser.until(`document.querySelector('[data-test=history] li')`);
  await browser.shot(path.join(shots, 'chromium85-task.png'));
  await browser.click('[data-test=assignees]');
  await browser.until(`document.querySelector('.el-popover input')`);
  await browser.click('[data-test=close-drawer]');
  await browser.click('[data-test=search]');
  await browser.until(`document.querySelector('[data-test=search-field]')`);
  for (const [page, ready] of [
    ['/people', 'table.people tbody tr'],
    ['/tasks', '.page h1'],
    ['/account', '.sessions li'],
    [`/projects/${board}/list`, '[data-test=task-list] li'],
  ]) {
    await browser.go(server.url + page);
    await browser.until(`document.querySelector(${JSON.stringify(ready)})`, page);
  }
  // It does not know one word of the policy, which only newer engines need.
  assert.deepEqual(
    browser.faults.filter((f) => !/wasm-unsafe-eval/.test(f)),
    [],
  );
});
