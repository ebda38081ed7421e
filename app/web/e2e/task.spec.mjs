import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shot } from './lib/browser.mjs';
import { call, columns, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let chen;
let made;
const idOf = async (page) => (await call(page, 'GET', '/session')).body.person.id;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  chen = await w.person('chen.haoran');
  made = await makeProject(lin.page, 'TASK', ['准备季度汇报', '订会议室', '写周报']);
  await call(lin.page, 'PUT', `/projects/${made.project.id}/members/${await idOf(chen.page)}`, { role: 'member' });
});
after(() => w.close());

async function open(page, i) {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[i].id}`);
  await page.waitForSelector('[data-test=title]');
}
const task = async (i) => (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}`)).body;

test('every field of a task is changed in the drawer and kept', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.fill('[data-test=title]', '准备第四季度汇报');
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal((await task(0)).title, '准备第四季度汇报'), 'title');
  await page.click('[data-test=state]');
  await page.click(`[data-choice="${made.states[1].id}"]`);
  await eventually(async () => assert.equal((await task(0)).stateId, made.states[1].id), 'state');
  await page.click('[data-test=priority]');
  await page.click('[data-choice=urgent]');
  await eventually(async () => assert.equal((await task(0)).priority, 'urgent'), 'priority');
  await page.click('.quick button >> nth=1');
  await eventually(async () => assert.ok((await task(0)).dueAt > Date.now() - 86_400_000), 'due');
  await page.click('[data-test=assignees]');
  await page.waitForSelector('.el-popover input[type=checkbox]');
  await page.locator('.el-popover label', { hasText: '陈浩然' }).click();
  await eventually(async () => assert.equal((await task(0)).assignees[0]?.name, '陈浩然'), 'assignee');
  await page.keyboard.press('Escape');
  await page.click('[data-test=edit-description]');
  await page
    .locator('textarea[data-test=description], [data-test=description] textarea')
    .fill('- 收集数据\n- **画图**\n\n<script>alert(1)</script>');
  await page.click('[data-test=save-description]');
  await page.waitForSelector('.rich strong');
  assert.equal(await page.locator('.rich script').count(), 0);
  assert.match((await task(0)).description, /收集数据/);
  await eventually(
    async () => assert.deepEqual((await columns(page))['进行中'], ['准备第四季度汇报']),
    'the board behind follows',
  );
  await shot(page, 'task');
});

test('the history tells each change in words', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.click('[data-test=tab-history]');
  await page.waitForSelector('[data-test=history] li');
  await eventually(async () => {
    const text = (await page.textContent('[data-test=history]')).replace(/\s+/g, ' ');
    assert.match(text, /状态：\s*待办\s*→\s*进行中/);
    assert.match(text, /标题：\s*准备季度汇报\s*→\s*准备第四季度汇报/);
    assert.match(text, /优先级：\s*无优先级\s*→\s*紧急/);
    assert.match(text, /陈浩然/);
  }, 'history');
  await shot(page, 'task-history');
});

test('comments are written, seen by the other at once, changed and removed', async () => {
  await open(lin.page, 0);
  await open(chen.page, 0);
  await chen.page.waitForSelector('[data-live=open]', { state: 'attached' });
  await lin.page.locator('[data-test=comment] textarea, textarea[data-test=comment]').fill('数据在 `shared` 里');
  await lin.page.click('[data-test=send-comment]');
  await chen.page.waitForFunction(() => document.querySelector('.comment code')?.textContent === 'shared');
  await lin.page.hover('.comment');
  await lin.page.click('.comment .tools button >> nth=0');
  await lin.page.locator('.comment textarea').fill('数据已经放好');
  await lin.page.locator('.comment .row button').last().click();
  await chen.page.waitForFunction(() => /数据已经放好/.test(document.querySelector('.comment')?.textContent ?? ''));
  assert.equal(await chen.page.locator('.comment .tools button').count(), 0, 'not theirs to change');
  await lin.page.hover('.comment');
  await lin.page.click('.comment .tools button >> nth=1');
  await lin.page.click('[data-test=confirm]');
  await chen.page.waitForFunction(() => !document.querySelector('.comment'));
});

test('two writers of one field both see both words and nothing is lost', async () => {
  await open(lin.page, 1);
  await open(chen.page, 1);
  await lin.page.focus('[data-test=title]');
  await lin.page.fill('[data-test=title]', '订三号会议室');
  await chen.page.fill('[data-test=title]', '订一号会议室');
  await chen.page.keyboard.press('Enter');
  await eventually(async () => assert.equal((await task(1)).title, '订一号会议室'), 'theirs is in');
  await eventually(
    async () => assert.ok((await columns(lin.page))['待办'].includes('订一号会议室')),
    'the board behind shows theirs',
  );
  assert.equal(await lin.page.inputValue('[data-test=title]'), '订三号会议室', 'typing goes on undisturbed');
  await lin.page.keyboard.press('Enter');
  await eventually(async () => {
    const now = (await task(1)).title;
    const asked = await lin.page.locator('[data-test=conflict]').count();
    assert.ok(asked === 1 || now === '订三号会议室');
  }, 'kept or asked');
});

test('a stale version asks, with both words shown', async () => {
  const { page } = lin;
  await open(page, 2);
  let late = true;
  await page.route('**/api/v1/tasks/*', async (route) => {
    if (route.request().method() !== 'PATCH' || !late) return route.fallback();
    late = false;
    const id = made.tasks[2].id;
    await call(chen.page, 'PATCH', `/tasks/${id}`, { version: (await task(2)).version, title: '对方的标题' });
    await route.fallback();
  });
  await page.fill('[data-test=title]', '我的标题');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=conflict]');
  const text = await page.textContent('[data-test=conflict]');
  assert.match(text, /对方的标题/);
  assert.match(text, /我的标题/);
  await shot(page, 'task-conflict');
  await page.click('[data-test=conflict] button >> nth=0');
  await eventually(async () => assert.equal((await task(2)).title, '我的标题'), 'mine kept');
});

test('whoever is assigned hears of it, and reading clears the bell', async () => {
  const { page } = chen;
  await page.goto('/tasks');
  await page.waitForSelector('[data-test=bell] .badge');
  await page.click('[data-test=bell]');
  await page.waitForSelector('[data-test=notices] .notice');
  assert.match(await page.textContent('[data-test=notices]'), /准备第四季度汇报/);
  await shot(page, 'notices');
  await page.click('[data-test=read-all]');
  await page.waitForFunction(() => !document.querySelector('[data-test=bell] .badge'));
  await page.click('[data-test=notices] .notice >> nth=0');
  await page.waitForSelector('[data-test=drawer]');
});

test('my tasks holds it, and ticking it off finishes it', async () => {
  const { page } = chen;
  await page.goto('/tasks');
  const row = page.locator('[data-test=task-list] li', { hasText: '准备第四季度汇报' });
  await row.waitFor();
  await shot(page, 'my-tasks');
  await row.locator('.tick').click();
  await eventually(async () => assert.ok((await task(0)).doneAt), 'done');
  await row.waitFor({ state: 'detached' });
});

test('search finds by words of title and description, and opens what it found', async () => {
  const { page } = lin;
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await page.keyboard.press('Control+k');
  await page.fill('[data-test=search-field]', '第四季度');
  await page.waitForFunction(() => /准备第四季度汇报/.test(document.querySelector('#search-list')?.textContent ?? ''));
  await shot(page, 'search');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=drawer]');
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await page.click('[data-test=search]');
  await page.fill('[data-test=search-field]', '没有这种东西xyz');
  await page.waitForSelector('.palette .empty');
});

test('the short address of a task leads to it', async () => {
  const { page } = lin;
  await page.goto(`/t/${made.tasks[1].key}`);
  await page.waitForSelector('[data-test=drawer]');
  assert.match(page.url(), /\/projects\/\d+\?task=\d+/);
  await page.goto('/t/NONE-999');
  await page.waitForSelector('[role=alert] .empty');
});

test('the list filters, and deleting names what it deletes', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}/list`);
  await page.waitForSelector('[data-test=task-list] li');
  await shot(page, 'project-list');
  await page.click('[data-test=task-list] .row >> nth=0');
  await page.click('[data-test=task-more]');
  const title = await page.inputValue('[data-test=title]');
  await page.click('[data-choice=delete]');
  await page.waitForSelector('.el-dialog');
  assert.ok((await page.textContent('.el-dialog:visible')).includes(title));
  await page.click('[data-test=confirm]');
  await page.waitForFunction(
    (x) => ![...document.querySelectorAll('[data-test=task-list] .title')].some((t) => t.textContent === x),
    title,
  );
});

test('a task that is not theirs looks like one that is not there', async () => {
  const { page } = await w.person('he.xinyu');
  const secret = (await call(lin.page, 'POST', '/projects', { key: 'SECRET', name: '保密', visibility: 'private' }))
    .body;
  await page.goto(`/projects/${secret.id}`);
  await page.waitForSelector('[role=alert] .empty');
  await page.goto('/projects/1');
  await page.waitForSelector('[role=alert] .empty');
});

test('without a network it says so and comes back by itself', async () => {
  const { page, context } = await w.person('xu.jingyi');
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await context.setOffline(true);
  await page.waitForSelector('.banner');
  await shot(page, 'offline');
  await context.setOffline(false);
  await page.waitForSelector('.banner', { state: 'detached' });
});

test('no page met an error of its own', () => assert.deepEqual(w.faults(), []));
