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
  made = await makeProject(lin.page, 'REPEAT', ['写周报', '月底对账', '手机上的事']);
});
after(() => w.close());

const open = async (page, i) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[i].id}`);
  await page.waitForSelector('[data-test=title]');
};
const rule = async (id) => (await call(lin.page, 'GET', `/tasks/${id}/recurrence`)).body;
const all = async () => (await call(lin.page, 'GET', `/tasks?project=${made.project.id}`)).body.items;

test('one press lets a task come again, says when, and the next one comes when it is done', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.click('[data-test=repeat]');
  await page.click('[data-test=repeat-preset-workday]');
  await page.waitForSelector('[data-test=repeat-next] li');
  assert.match(await page.textContent('[data-test=repeat]'), /每个工作日/);
  assert.equal(await page.locator('[data-test=repeat-next] li').count(), 10);
  assert.equal(await page.getAttribute('[data-test=repeat-preset-workday]', 'aria-pressed'), 'true');
  await shot(page, 'repeat-preset');
  assert.deepEqual(await violations(page), []);
  const { version } = (await call(page, 'GET', `/tasks/${made.tasks[0].id}`)).body;
  const done = await call(page, 'POST', `/tasks/${made.tasks[0].id}/complete`, { version, done: true });
  assert.ok(done.status < 300, JSON.stringify(done.body));
  let next;
  await eventually(async () => {
    next = (await all()).find((x) => x.title === '写周报' && !x.doneAt);
    assert.ok(next);
  }, 'the next one');
  assert.equal((await rule(next.id)).state, 'active');
  assert.equal((await rule(made.tasks[0].id)).state, 'none');
  await page.goto(`/projects/${made.project.id}?task=${next.id}`);
  await page.waitForSelector('[data-test=repeat]');
  await eventually(
    async () => assert.match(await page.textContent('[data-test=repeat]'), /每个工作日/),
    'the rule moved on',
  );
});

test('a rule of their own: every other Monday and Friday, ten times, with the dates before it is saved', async () => {
  const { page } = lin;
  await open(page, 1);
  await page.click('[data-test=repeat]');
  await page.click('[data-test=repeat-preset-custom]');
  await page.fill('[data-test=repeat-every]', 'x');
  await page.click('[data-test=repeat-save]');
  await page.waitForSelector('[data-test=repeat-form] [role=alert]');
  await page.fill('[data-test=repeat-every]', '2');
  await page.click('[data-test=repeat-mon]');
  await page.click('[data-test=repeat-fri]');
  await page.selectOption('[data-test=repeat-end]', 'count');
  await page.fill('[data-test=repeat-count]', '4');
  await eventually(
    async () => assert.ok((await page.locator('[data-test=repeat-form] [data-test=repeat-next] li').count()) >= 3),
    'dates in advance',
  );
  await shot(page, 'repeat-custom');
  assert.deepEqual(await violations(page), []);
  await page.click('[data-test=repeat-save]');
  await eventually(
    async () => assert.match(await page.textContent('[data-test=repeat]'), /每 2 周的周一、五，共 4 次/),
    'in words',
  );
  // A month says its last day, and the form begins with what there is.
  await page.click('[data-test=repeat-preset-custom]');
  assert.equal(await page.inputValue('[data-test=repeat-count]'), '4');
  await page.selectOption('[data-test=repeat-freq]', 'month');
  await page.selectOption('[data-test=repeat-way]', 'last');
  await page.fill('[data-test=repeat-every]', '1');
  await page.selectOption('[data-test=repeat-shift]', 'previous');
  await page.selectOption('[data-test=repeat-end]', 'never');
  await page.click('[data-test=repeat-save]');
  await eventually(
    async () => assert.match(await page.textContent('[data-test=repeat]'), /每月最后一天，遇休息日提前/),
    'the month in words',
  );
  await page.click('[data-test=repeat-preset-none]');
  await eventually(async () => assert.equal((await rule(made.tasks[1].id)).state, 'none'), 'taken away');
  assert.match(await page.textContent('[data-test=repeat]'), /不重复/);
});

test('on a phone, by keyboard', async () => {
  const { page } = lin;
  await call(page, 'PUT', `/tasks/${made.tasks[2].id}/recurrence`, {
    version: 1,
    rule: { freq: 'week', every: 1, weekdays: ['mon', 'wed'], count: 10 },
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, 2);
  await page.waitForSelector('[data-test=repeat] .text');
  await page.focus('[data-test=repeat]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=repeat-next] li');
  await shot(page, 'repeat-phone');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1440, height: 900 });
});
