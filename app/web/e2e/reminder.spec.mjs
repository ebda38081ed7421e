import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'REMIND', ['续签合同', '马上要做的事']);
});
after(() => w.close());

const open = async (page, i) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[i].id}`);
  await page.waitForSelector('[data-test=title]');
};
const reminders = async (i) => (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}/reminders`)).body.items;
const change = async (i, body) => {
  const { version } = (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}`)).body;
  const answer = await call(lin.page, 'PATCH', `/tasks/${made.tasks[i].id}`, { version, ...body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
};

test('reminders are set by one press, say when they come, move with the date and are taken away', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.click('[data-test=reminders]');
  await page.click('[data-test=reminder-quarter]');
  await page.waitForSelector('[data-test=reminder-list] li');
  assert.match(await page.textContent('[data-test=reminder-list]'), /截止前 15 分钟.*还没有这个日期/s);
  const due = new Date();
  due.setUTCDate(due.getUTCDate() + 3);
  due.setUTCHours(7, 0, 0, 0); // three in the afternoon where the browser is
  await change(0, { dueAt: due.getTime(), dueAllDay: false });
  await eventually(
    async () => assert.match(await page.textContent('[data-test=reminder-list]'), /14:45/),
    'it comes before the date',
  );
  await page.click('[data-test=reminder-nine]');
  await eventually(async () => assert.equal((await reminders(0)).length, 2), 'a second one');
  await page.waitForSelector('[data-test=reminder-nine][aria-pressed=true]');
  await shot(page, 'reminders');
  assert.deepEqual(await violations(page), []);
  await page.click('[data-test=reminder-nine]');
  await eventually(async () => assert.equal((await reminders(0)).length, 1), 'pressed again, taken away');
});

test('one of their own: two days before at half past eight, and again until done', async () => {
  const { page } = lin;
  await page.click('[data-test=reminder-custom]');
  await page.selectOption('[data-test=reminder-way]', 'clock');
  await page.fill('[data-test=reminder-days]', 'x');
  await page.click('[data-test=reminder-add]');
  await page.waitForSelector('[data-test=reminder-form] [role=alert]');
  assert.equal((await reminders(0)).length, 1, 'nothing is sent that cannot be');
  await page.fill('[data-test=reminder-days]', '2');
  await page.fill('[data-test=reminder-clock]', '08:30');
  await page.check('[data-test=reminder-repeat]');
  await shot(page, 'reminder-form');
  await page.click('[data-test=reminder-add]');
  await eventually(async () => assert.equal((await reminders(0)).length, 2), 'added');
  const [, own] = await reminders(0);
  assert.deepEqual([own.anchor, own.before, own.clock, own.every], ['due', 2880, 510, 1440]);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[data-test=title]');
});

test('a reminder arrives as a notification while the page is open, and leads to the task', async () => {
  const { page } = lin;
  await call(page, 'POST', '/notifications/read', { all: true });
  await page.goto('/projects');
  await eventually(async () => assert.equal(await page.locator('[data-test=bell] .badge').count(), 0), 'all read');
  const answer = await call(page, 'POST', `/tasks/${made.tasks[1].id}/reminders`, {
    anchor: 'time',
    at: Date.now() + 1500,
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  await page.waitForSelector('[data-test=bell] .badge', { timeout: 25_000 });
  await page.click('[data-test=bell]');
  await page.waitForSelector('[data-test=notices] li');
  const first = page.locator('[data-test=notices] li').first();
  assert.match(await first.textContent(), /提醒你的任务.*马上要做的事/s);
  await shot(page, 'reminder-notice');
  await first.locator('button').first().click();
  await page.waitForSelector('[data-test=title]');
  await eventually(async () => assert.match(page.url(), new RegExp(`task=${made.tasks[1].id}`)), 'there');
});

test('on a phone', async () => {
  const phone = await w.person('lin.xiaowen', { viewport: { width: 390, height: 844 } });
  await open(phone.page, 0);
  await phone.page.locator('[data-test=reminders]').scrollIntoViewIfNeeded();
  await phone.page.click('[data-test=reminders]');
  await phone.page.waitForSelector('[data-test=reminder-list] li');
  await phone.page.click('[data-test=reminder-custom]');
  const box = await phone.page.locator('[data-test=reminder-form]').boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  await shot(phone.page, 'reminder-phone');
  assert.deepEqual(await violations(phone.page), []);
  assert.deepEqual(w.faults(), []);
});
