import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, dialogsGone, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'XCH', ['=1+1 验收', '整理机房']);
});
after(() => w.close());

async function command(page, id) {
  await page.goto(`/projects/${made.project.id}`);
  await page.click('[data-test=project-more]');
  await page.click(`[data-choice=${id}]`);
}
const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

test('tasks leave as a table that runs nothing, and as a page to print', async () => {
  const { page } = lin;
  await command(page, 'export');
  await page.waitForSelector('[data-test=export-csv]');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'exchange-export');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=export-csv]')]);
  const text = await fs.readFile(await download.path(), 'utf8');
  assert.match(download.suggestedFilename(), /^项目XCH 任务 .*\.csv$/);
  assert.ok(text.startsWith('\ufeff编号,标题,描述,状态'), text.slice(0, 60));
  assert.match(text, /'=1\+1 验收/);
  await dialogsGone(page);
  await command(page, 'export');
  const [printed] = await Promise.all([page.context().waitForEvent('page'), page.click('[data-test=export-html]')]);
  await printed.waitForSelector('tbody tr');
  assert.equal(await printed.locator('tbody tr').count(), 2);
  assert.equal(await printed.locator('h1').evaluate((e) => getComputedStyle(e).fontSize), '20px');
  await shot(printed, 'exchange-print');
  await printed.close();
});

test('a table comes in after its columns were matched and its problems were shown', async () => {
  const { page } = lin;
  await command(page, 'import');
  await page.setInputFiles('[data-test=import-file]', file('空.csv', ''));
  await page.waitForSelector('text=文件是空的');
  await page.setInputFiles('[data-test=import-file]', file('图.csv', '\u0089PNG\r\n\x1a\n\0\0\0\rIHDR'));
  await page.waitForSelector('text=这不是表格');
  const table =
    '任务名称,负责人,状态,截止日期,批次\n采购交换机,陈浩然,待验收,2026-12-01,一\n布线,没有此人,,下个世纪,二\n,,,,三\n';
  await page.setInputFiles('[data-test=import-file]', file('任务.csv', table));
  await page.waitForSelector('text=采购交换机');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'exchange-columns');
  await page.click('[data-test=import-next]');
  await page.waitForSelector('[data-test=import-sum]');
  const said = await page.locator('.el-dialog', { hasText: '导入任务' }).last().textContent();
  for (const words of ['将创建 2 个任务', '1 行无法导入', '待验收', '没有此人', '“下个世纪”不是日期']) {
    assert.ok(said.includes(words), `${words} in ${said}`);
  }
  assert.deepEqual(await violations(page), []);
  await shot(page, 'exchange-preview');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=problems-download]')]);
  assert.match(await fs.readFile(await download.path(), 'utf8'), /3,4,截止日期,注意,/);
  await page.click('[data-test=import-run]');
  await page.waitForSelector('[data-test=import-done]');
  await shot(page, 'exchange-done');
  await page.click('[data-test=import-link]');
  await page.waitForURL(`**/projects/${made.project.id}/list`);
  await page.waitForSelector('text=采购交换机');
  const states = (await call(page, 'GET', `/projects/${made.project.id}/states`)).body.items.map((s) => s.name);
  assert.ok(states.includes('待验收'), states.join());
});

test('a calendar subscribes until the feed is ended', async () => {
  const { page } = lin;
  await page.goto('/account');
  await page.waitForSelector('[data-test=feed-name]');
  await page.fill('[data-test=feed-name]', '手机日历');
  await page.click('[data-test=feed-create]');
  await page.waitForSelector('[data-test=feed-address] code');
  assert.deepEqual(await violations(page), []);
  await page.locator('[data-test=feeds]').scrollIntoViewIfNeeded();
  await shot(page, 'exchange-feed');
  const address = await page.locator('[data-test=feed-address] code').textContent();
  const read = () =>
    page.evaluate(async (a) => {
      const answer = await fetch(a, { credentials: 'omit' });
      return [answer.status, await answer.text()];
    }, address);
  const [status, text] = await read();
  assert.equal(status, 200);
  assert.match(text, /^BEGIN:VCALENDAR/);
  await page.click('[data-test=feed-end]');
  await page.click('[data-test=confirm]:visible');
  await dialogsGone(page);
  await page.waitForFunction(() => !document.querySelector('[data-test=feed-end]'));
  assert.equal((await read())[0], 404);
});

test('it all fits a phone', async () => {
  const { page } = await w.person('lin.xiaowen', {
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  });
  await command(page, 'import');
  await page.setInputFiles('[data-test=import-file]', file('a.csv', '标题,状态,说明\n打印标签,待办,贴在机柜上\n'));
  await page.waitForSelector('[data-test=import-next]');
  await shot(page, 'exchange-phone-columns');
  await page.click('[data-test=import-next]');
  await page.waitForSelector('[data-test=import-sum]');
  await shot(page, 'exchange-phone-preview');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.deepEqual(w.faults(), []);
});
