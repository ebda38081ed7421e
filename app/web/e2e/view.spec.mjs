import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, dialogsGone, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
const day = 86_400_000;
/** Midnight of today as those see it who use the page. */
const today = (page) => page.evaluate(() => new Date().setHours(0, 0, 0, 0));
const task = async (i) => (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}`)).body;
const titles = (page) =>
  page.$$eval('[data-row] .link', (all) => all.map((a) => a.textContent.replace(/^\w+-\d+/, '').trim()));

before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'VIEW', ['采购服务器', '机房巡检', '网络割接', '编写手册']);
  const at = await today(lin.page);
  const set = async (i, body) => call(lin.page, 'PATCH', `/tasks/${made.tasks[i].id}`, { version: 1, ...body });
  await set(0, { priority: 'urgent', dueAt: at, dueAllDay: true, estimate: 120 });
  await set(1, { priority: 'low', dueAt: at + day, dueAllDay: true, estimate: 60 });
  await set(2, { priority: 'urgent', startAt: at, startAllDay: true, dueAt: at + 2 * day, dueAllDay: true });
});
after(() => w.close());

async function open(page) {
  await page.goto(`/projects/${made.project.id}/table`);
  await page.waitForSelector('[data-row]');
}
async function pick(page, label, option) {
  await page.locator(`[data-test=condition] .el-select:has(input[aria-label="${label}"])`).last().click();
  await page.locator(`.el-select-dropdown:visible >> text="${option}"`).first().click();
}

test('a table is filtered by conditions, shows them as chips, and its link shows the same', async () => {
  const { page } = lin;
  await open(page);
  assert.equal((await titles(page)).length, 4);
  await page.click('[data-test=open-filter]');
  await page.waitForSelector('[data-test=condition]');
  await pick(page, '字段', '优先级');
  await pick(page, '优先级的值', '紧急');
  await page.keyboard.press('Escape');
  await page.click('[data-test=add-condition]');
  await pick(page, '字段', '截止时间');
  await pick(page, '截止时间的值', '今天');
  await shot(page, 'view-filter');
  await page.click('[data-test=filter-apply]');
  await dialogsGone(page);
  await eventually(async () => assert.deepEqual(await titles(page), ['采购服务器']), 'filtered');
  assert.match(await page.textContent('[data-test=filter-chips]'), /优先级 是 紧急/);
  await page.reload();
  await eventually(async () => assert.deepEqual(await titles(page), ['采购服务器']), 'the same again');
  await page.locator('[data-test=filter-chips] .off').nth(1).click();
  await eventually(async () => assert.deepEqual((await titles(page)).sort(), ['网络割接', '采购服务器']), 'one less');
});

test('a view is saved, shared, found by another person and deleted', async () => {
  const { page } = lin;
  await page.click('[data-test=view-more]');
  await page
    .locator('[role=menuitem]:has-text("另存为视图"), [role=menuitemradio]:has-text("另存为视图")')
    .first()
    .click();
  await page.locator('[data-test=view-name] input, input[data-test=view-name]').fill('最急的');
  await page.locator('[data-test=view-shared]').click();
  await page.locator('[data-test=confirm]:visible').click();
  await dialogsGone(page);
  await eventually(async () => assert.match(await page.textContent('[data-test=views]'), /最急的/), 'chosen');
  assert.match(page.url(), /view=\d+/);
  const chen = await w.person('chen.haoran');
  await chen.page.goto(page.url());
  await eventually(async () => assert.deepEqual((await titles(chen.page)).sort(), ['网络割接', '采购服务器']), 'seen');
  assert.equal(await chen.page.locator('[data-cell=rename]').count(), 0, 'who only reads edits nothing');
  await page.click('[data-test=view-more]');
  await page.locator('[role^=menuitem]:has-text("删除视图")').first().click();
  await page.locator('.el-dialog:visible:has-text("最急的")').waitFor();
  await page.locator('[data-test=confirm]:visible').click();
  await dialogsGone(page);
  await eventually(async () => assert.equal((await titles(page)).length, 4), 'the usual view again');
});

test('cells are edited in place, heads sort, groups add up', async () => {
  const { page } = lin;
  await open(page);
  const row = (i) => page.locator(`[data-row="${made.tasks[i].id}"]`);
  await row(3).locator('.link').focus();
  await page.keyboard.press('F2');
  await page.fill('[data-cell=title-input]', '编写运维手册');
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal((await task(3)).title, '编写运维手册'), 'renamed');
  await row(3).locator('[data-cell=priority]').click();
  await page.locator('[role^=menuitem]:has-text("高")').first().click();
  await eventually(async () => assert.equal((await task(3)).priority, 'high'), 'priority');
  await row(3).locator('[data-cell=state]').click();
  await page.locator(`[role^=menuitem]:has-text("${made.states[1].name}")`).first().click();
  await eventually(async () => assert.equal((await task(3)).stateId, made.states[1].id), 'moved');
  await row(3).locator('[data-cell=assignees]').click();
  await page.locator('.el-popover:visible label:has-text("林晓雯")').click();
  await eventually(async () => assert.equal((await task(3)).assignees[0]?.name, '林晓雯'), 'assigned');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await row(3).locator('[data-cell=due]').click();
  await page.locator('.el-date-table:visible td.today').click();
  const at = await today(page);
  await eventually(async () => assert.equal((await task(3)).dueAt, at), 'due');

  await page.click('[data-sort=priority]');
  await page.click('[data-sort=priority]');
  await eventually(async () => assert.equal((await titles(page))[3], '机房巡检'), 'sorted');
  await page.click('[data-test=group-by]');
  await page.locator('[role^=menuitem]:has-text("按优先级分组")').click();
  await eventually(async () => {
    const heads = await page.$$eval('.group-cell', (all) => all.map((g) => g.textContent.trim()));
    assert.equal(heads.length, 3);
    assert.match(heads[0], /紧急.*2 个任务，预估 2 小时/);
  }, 'grouped');
  await shot(page, 'view-table');
  assert.deepEqual(await violations(page), []);
});

test('what others change appears by itself, and the words being typed stay', async () => {
  const { page } = lin;
  await open(page);
  const row = page.locator(`[data-row="${made.tasks[1].id}"]`);
  await row.locator('.link').focus();
  await page.keyboard.press('F2');
  await page.fill('[data-cell=title-input]', '写到一半');
  const other = made.tasks[0];
  await call(page, 'PATCH', `/tasks/${other.id}`, { version: (await task(0)).version, title: '采购十台服务器' });
  await eventually(async () => assert.ok((await titles(page)).includes('采购十台服务器')), 'seen');
  assert.equal(await page.inputValue('[data-cell=title-input]'), '写到一半');
  await page.keyboard.press('Escape');
  assert.equal((await task(1)).title, '机房巡检');
});

test('all my tasks stand in one table, whatever their project', async () => {
  const { page } = lin;
  await page.goto('/work');
  await page.waitForSelector('[data-row]');
  await eventually(async () => assert.ok((await titles(page)).includes('编写运维手册')), 'mine');
  assert.ok(!(await titles(page)).includes('机房巡检'));
  await page.click('[data-scope=all]');
  await page.fill('[data-test=find-title] input, input[data-test=find-title]', '机房巡检');
  await eventually(async () => assert.deepEqual(await titles(page), ['机房巡检']), 'found');
  await shot(page, 'view-work');
  assert.deepEqual(await violations(page), []);
});

test('the calendar shows tasks on their days, and moves and makes them', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}/calendar`);
  const bar = (i) => page.locator(`[data-bar="${made.tasks[i].id}"]`).first();
  await bar(0).waitFor();
  const at = (await task(0)).dueAt;
  const days = await page.$$eval('[data-cell-day]', (all) => all.map((d) => Number(d.dataset.cellDay)));
  const to = days.find((d) => d < at - 8 * day || d > at + 8 * day);
  await bar(0).dragTo(page.locator(`[data-cell-day="${to}"]`), { targetPosition: { x: 60, y: 16 } });
  await eventually(async () => assert.equal((await task(0)).dueAt, to), 'dragged');
  await bar(0).focus();
  await page.keyboard.press('Alt+ArrowRight');
  await eventually(async () => assert.equal((await task(0)).dueAt, to + day), 'moved by key');

  await page.locator(`[data-day="${to}"]`).click();
  await page.fill('[data-test=day-add]', '签收设备');
  await page.keyboard.press('Enter');
  let fresh;
  await eventually(async () => {
    const all = (await call(page, 'GET', `/tasks?project=${made.project.id}`)).body.items;
    fresh = all.find((x) => x.title === '签收设备');
    assert.equal(fresh?.dueAt, to);
  }, 'made');
  await page.waitForSelector(`[data-bar="${fresh.id}"]`);
  await page.keyboard.press('Escape');
  await shot(page, 'view-calendar');
  assert.deepEqual(await violations(page), []);
  await page.click('[data-mode=week]');
  await eventually(async () => assert.equal(await page.locator('[data-cell-day]').count(), 7), 'a week');
  assert.ok((await page.locator('[data-cell-day]').first().boundingBox()).width > 120, 'the week fills the page');
  await shot(page, 'view-calendar-week');
  await page.click('[data-test=after]');
  await page.click('[data-test=today]');
  await page.click('[data-mode=month]');
  const now = await today(page);
  await page.locator(`[data-day="${now}"]`).focus();
  await page.keyboard.press('ArrowLeft');
  const focused = await page.evaluate(() => Number(document.activeElement.dataset.day));
  assert.equal(focused, now - day);
});

test('the table and the calendar work on a phone', async () => {
  const phone = await w.person('lin.xiaowen', { viewport: { width: 390, height: 844 } });
  const { page } = phone;
  await open(page);
  assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth <= 390), true);
  await shot(page, 'view-table-phone');
  assert.deepEqual(await violations(page), []);
  await page.goto(`/projects/${made.project.id}/calendar`);
  await page.waitForSelector('[data-test=agenda] li');
  await shot(page, 'view-calendar-phone');
  assert.deepEqual(await violations(page), []);
});

test('the pages said nothing they should not', () => assert.deepEqual(w.faults(), []));
