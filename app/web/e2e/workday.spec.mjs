import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { logIn, setUp, shot } from './lib/browser.mjs';
import { call, dialogsGone, eventually, world } from './lib/world.mjs';

let w;
let admin;
before(async () => {
  w = await world();
  admin = await w.stranger();
  await setUp(admin.page, w.server.passwords.get('admin'));
});
after(() => w.close());

const origin = (page) => page.getAttribute('[data-test=origin]', 'data-origin');

test('a year that is not published says so, takes a pasted table, and is reset after a question', async () => {
  const { page } = admin;
  await page.goto('/workdays');
  await page.waitForSelector('[data-test=months]');
  await page.selectOption('[data-test=year]', '2026');
  await page.waitForSelector('[data-day="2026-10-01"].holiday');
  assert.equal(await page.locator('.month').count(), 12);
  await page.waitForSelector('[data-day="2026-10-10"].makeup');
  await shot(page, 'workdays');
  assert.deepEqual(await violations(page), []);
  await page.selectOption('[data-test=year]', '2027');
  await eventually(async () => assert.equal(await origin(page), 'none'), 'nothing is known yet');
  assert.match(await page.textContent('[data-test=origin]'), /2027 年的放假安排还没有/);
  await page.click('[data-test=import-year]');
  await page.fill('[name=table-text]', '元旦 2027-01-01 2027-01-03 上班 2027-01-08');
  assert.match(await page.textContent('[data-test=table-read]'), /1 个假期、1 个调休/);
  await page.click('[data-test=save-table]');
  await page.waitForSelector('[data-test=table-wrong]');
  assert.match(await page.textContent('[data-test=table-wrong]'), /第 1 个调休日.*不是周末/s);
  await shot(page, 'workdays-import');
  await page.fill('[name=table-text]', '元旦 2027-01-01 2027-01-03 上班 2027-01-09');
  await page.click('[data-test=save-table]');
  await dialogsGone(page);
  await page.waitForSelector('[data-day="2027-01-01"].holiday');
  await page.waitForSelector('[data-day="2027-01-09"].makeup');
  await eventually(async () => assert.equal(await origin(page), 'own'), 'their own table');
  await page.click('[data-test=reset-year]');
  await page.click('[data-test=confirm]');
  await dialogsGone(page);
  await eventually(async () => assert.equal(await origin(page), 'none'), 'reset');
  await page.waitForSelector('[data-day="2027-01-01"].work');
});

test('a day is made free by name, and the weeks alternate', async () => {
  const { page } = admin;
  await page.selectOption('[data-test=year]', '2026');
  await page.click('[data-day="2026-12-25"]');
  await page.click('[data-test=day-rest]');
  await page.fill('[name=day-name]', '司庆');
  await page.click('[data-test=save-day]');
  await dialogsGone(page);
  await page.waitForSelector('[data-day="2026-12-25"].company.rest');
  const { items } = (await call(page, 'GET', '/workdays?from=2026-12-25&to=2026-12-25')).body;
  assert.equal(items[0].name, '司庆');
  assert.equal(items[0].works, false);
  await page.click('[data-day="2026-12-25"]');
  await page.click('[data-test=day-table]');
  await page.click('[data-test=save-day]');
  await dialogsGone(page);
  await page.waitForSelector('[data-day="2026-12-25"].work');

  await page.click('[data-test=edit-rules]');
  await page.click('[data-test=add-week]');
  await page.click('[data-test=week-1-sat]');
  await page.fill('[name=rules-first]', '2026-11-30');
  await shot(page, 'workdays-rules');
  await page.click('[data-test=save-rules]');
  await dialogsGone(page);
  await page.waitForSelector('[data-day="2026-12-05"].rest');
  await page.waitForSelector('[data-day="2026-12-12"].work');
});

test('on a phone; nobody else is shown it', async () => {
  const { page } = admin;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/workdays');
  await page.waitForSelector('[data-test=months] button');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false, 'nothing is wider than the phone');
  await shot(page, 'workdays-phone');
  assert.deepEqual(await violations(page), []);
  const lin = await w.stranger();
  await logIn(lin.page, 'lin.xiaowen', w.server.passwords.get('lin.xiaowen'));
  assert.equal(await lin.page.locator('a[href="/workdays"]').count(), 0);
});
