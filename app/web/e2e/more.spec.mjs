import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, columns, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let chen;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  chen = await w.person('chen.haoran');
  made = await makeProject(lin.page, 'MORE', ['机房搬迁', '采购服务器', '旧任务']);
  const id = (await call(chen.page, 'GET', '/session')).body.person.id;
  await call(lin.page, 'PUT', `/projects/${made.project.id}/members/${id}`, { role: 'member' });
});
after(() => w.close());

const open = async (page, i) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[i].id}`);
  await page.waitForSelector('[data-test=title]');
};
const task = async (i) => (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}`)).body;
const quick = '[data-test=quick-add]';

test('a line is understood while it is typed, a chip can be taken back, and Enter makes the task', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}`);
  await page.waitForSelector('[data-card]');
  await page.locator('[data-test=add-task]').first().click();
  await page.fill(quick, '客户拜访 @chr 明天下午2点 #华东 !高 ~2h 周五复盘');
  await page.waitForSelector('[data-chip=when]');
  const kinds = await page.$$eval('[data-chip]', (all) => all.map((c) => c.dataset.chip));
  assert.deepEqual(kinds, ['person', 'when', 'label', 'priority', 'estimate']);
  assert.match(await page.textContent('[data-chip=person]'), /陈浩然/);
  assert.match(await page.textContent('[data-chip=estimate]'), /2 小时/);
  await shot(page, 'quick-add');
  await page.locator('[data-chip=priority] .off').click();
  await eventually(async () => assert.equal(await page.locator('[data-chip=priority]').count(), 0), 'taken back');
  assert.equal(await page.inputValue(quick), '客户拜访 @chr 明天下午2点 #华东 !高 ~2h 周五复盘');
  await page.press(quick, 'Enter');
  let found;
  await eventually(async () => {
    const all = (await call(page, 'GET', `/tasks?project=${made.project.id}`)).body.items;
    const it = all.find((x) => x.title === '客户拜访 !高 周五复盘');
    assert.ok(it, all.map((x) => x.title).join());
    found = it;
  }, 'made');
  assert.equal(found.priority, 'none');
  assert.equal(found.estimate, 120);
  assert.equal(found.assignees[0].name, '陈浩然');
  assert.equal(found.labels[0].name, '华东');
  assert.equal(new Date(found.dueAt).getUTCHours(), 6);
  await eventually(async () => assert.equal(await page.inputValue(quick), ''), 'ready for the next');
});

test('several lines become several tasks, and what is indented becomes subtasks', async () => {
  const { page } = lin;
  await page.fill(quick, '年会筹备\n  - 场地\n  - 节目\n复盘');
  await eventually(async () => assert.match(await page.textContent('[data-test=quick-many]'), /4/), 'counted');
  await page.press(quick, 'Enter');
  await eventually(async () => assert.ok((await columns(page))['待办'].includes('年会筹备')), 'on the board');
  const all = (await call(page, 'GET', `/tasks?project=${made.project.id}`)).body.items;
  const parent = all.find((x) => x.title === '年会筹备');
  assert.equal(parent.subCount, 2);
  await page.press(quick, 'Escape');
});

test('a task gets labels, a beginning and an estimate, and its card shows the labels', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.click('[data-test=labels]');
  await page.fill('[data-test=label-search] input, input[data-test=label-search]', '加急');
  await page.click('[data-test=new-label]');
  await eventually(
    async () =>
      assert.deepEqual(
        (await task(0)).labels.map((l) => l.name),
        ['加急'],
      ),
    'labelled',
  );
  await page.keyboard.press('Escape');
  const estimate = page.locator('[data-test=estimate] input, input[data-test=estimate]');
  await estimate.fill('很快');
  await estimate.press('Enter');
  await page.waitForSelector('.estimate [role=alert]');
  assert.equal((await task(0)).estimate, 0, 'what is no length changes nothing');
  await estimate.fill('1天4小时');
  await estimate.press('Enter');
  await eventually(async () => assert.equal((await task(0)).estimate, 720), 'estimated');
  await page.locator('dd:has(input[aria-label="开始时间"]) .quick button').first().click();
  await eventually(async () => assert.ok((await task(0)).startAt), 'begins');
  await eventually(
    async () => assert.match(await page.textContent(`[data-card="${made.tasks[0].id}"]`), /加急/),
    'the card shows it',
  );
});

test('subtasks are added, ticked off and opened, and the parent counts them', async () => {
  const { page } = lin;
  await open(page, 0);
  for (const title of ['设备上架', '网络割接']) {
    await page.fill('[data-test=add-subtask]', title);
    await page.press('[data-test=add-subtask]', 'Enter');
    await page.waitForSelector(`[data-test=subtasks] a:has-text("${title}")`);
  }
  assert.equal((await task(0)).subCount, 2);
  await page.locator('[data-test=subtasks] input[type=checkbox]').first().click();
  await eventually(async () => assert.equal((await task(0)).subDone, 1), 'ticked');
  await eventually(
    async () => assert.match(await page.textContent(`[data-card="${made.tasks[0].id}"]`), /1\/2/),
    'the card counts',
  );
  await shot(page, 'subtasks');
  await page.click('[data-test=subtasks] a:has-text("网络割接")');
  await eventually(async () => assert.equal(await page.inputValue('[data-test=title]'), '网络割接'), 'opened');
  await page.click('[data-test=subtasks] nav a');
  await eventually(async () => assert.equal(await page.inputValue('[data-test=title]'), '机房搬迁'), 'back up');
});

test('whoever only looks on can follow a task', async () => {
  const { page } = chen;
  await open(page, 1);
  await page.click('[data-test=follow]');
  await page.waitForSelector('[data-test=follow][aria-pressed=true]');
  const list = (await call(page, 'GET', `/tasks/${made.tasks[1].id}/followers`)).body;
  assert.equal(list.items[0].name, '陈浩然');
  const now = await task(1);
  await call(lin.page, 'PATCH', `/tasks/${now.id}`, { version: now.version, priority: 'high' });
  await eventually(async () => {
    const heard = (await call(page, 'GET', '/notifications')).body;
    assert.ok(JSON.stringify(heard).includes('采购服务器'));
  }, 'heard of it');
});

test('two people change different fields of one task at once, and both changes stand', async () => {
  await open(lin.page, 1);
  const now = await task(1);
  // Somebody else is quicker, and this page has not heard of it.
  let first = true;
  await lin.page.route('**/api/v1/tasks/*', async (route) => {
    if (first && route.request().method() === 'PATCH') {
      first = false;
      await call(chen.page, 'PATCH', `/tasks/${now.id}`, { version: now.version, description: '三台' });
    }
    await route.continue();
  });
  await lin.page.fill('[data-test=title]', '采购三台服务器');
  await lin.page.press('[data-test=title]', 'Enter');
  await eventually(async () => {
    const t = await task(1);
    assert.equal(t.title, '采购三台服务器');
    assert.equal(t.description, '三台');
  }, 'both');
  await lin.page.unroute('**/api/v1/tasks/*');
  assert.equal(await lin.page.locator('[data-test=conflict]').count(), 0);
});

test('a deleted task lies in the trash and comes back from there with its subtasks', async () => {
  const { page } = lin;
  await open(page, 2);
  await page.fill('[data-test=add-subtask]', '附件');
  await page.press('[data-test=add-subtask]', 'Enter');
  await page.waitForSelector('[data-test=subtasks] a:has-text("附件")');
  await page.click('[data-test=task-more]');
  await page.click('[data-choice=delete]');
  assert.match(await page.textContent('.el-dialog'), /1 个子任务/);
  await page.click('[data-test=confirm]');
  await eventually(async () => assert.ok(!(await columns(page))['待办'].includes('旧任务')), 'gone');
  await page.goto(`/projects/${made.project.id}/list`);
  await page.click('[data-test=open-trash]');
  await page.waitForSelector('[data-test=trash] li');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'trash');
  await page.click(`[data-test=restore-${made.tasks[2].id}]`);
  await eventually(async () => assert.equal((await task(2)).subCount, 1), 'back');
});

test('the list shows only what bears a label', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}/list`);
  await page.waitForSelector('[data-test=filter-label]');
  await page.click('[data-test=filter-label]');
  await page.locator('.el-select-dropdown__item', { hasText: '加急' }).click();
  await eventually(async () => {
    const text = await page.textContent('main, .page');
    assert.match(text, /机房搬迁/);
    assert.doesNotMatch(text, /采购三台服务器/);
  }, 'filtered');
});

test('on a phone the drawer with all its fields fits', async () => {
  const { page } = lin;
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, 0);
  await page.waitForSelector('[data-test=subtasks]');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `${wide} px wide`);
  await shot(page, 'task-more-phone');
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a comment speaks to somebody and of a task, who hears of it, and is answered with a reaction', async () => {
  const { page } = lin;
  await open(page, 1);
  const box = page.locator('[data-test=comment] textarea, textarea[data-test=comment]');
  await box.click();
  await page.keyboard.type('请 @陈浩');
  await page.locator('.el-mention-dropdown__item').filter({ hasText: '陈浩然' }).waitFor();
  await shot(page, 'mention');
  await page.keyboard.press('Enter');
  await page.keyboard.type('看 #机房搬');
  const offered = page.locator('.el-mention-dropdown__item').filter({ hasText: made.tasks[0].key });
  await offered.waitFor();
  await offered.click();
  assert.match(await box.inputValue(), /^请 @陈浩然 看 #MORE-1 ?$/);
  await page.click('[data-test=send-comment]');
  await page.waitForSelector('.comment .mention');
  assert.deepEqual(await page.locator('.comment .mention').allTextContents(), ['@陈浩然', `#${made.tasks[0].key}`]);
  await eventually(async () => {
    const told = (await call(chen.page, 'GET', '/notifications')).body.items;
    assert.ok(told.some((n) => n.verb === 'comment.mention' && n.ref.id === made.tasks[1].id));
  }, 'told');
  await open(chen.page, 1);
  await chen.page.click('[data-test=react]');
  await chen.page.click('[data-choice=thumbs_up]');
  await page.waitForSelector('[data-test=reaction-thumbs_up]');
  assert.equal(await page.getAttribute('[data-test=reaction-thumbs_up]', 'aria-pressed'), 'false');
  assert.equal(await chen.page.getAttribute('[data-test=reaction-thumbs_up]', 'aria-pressed'), 'true');
  await shot(page, 'reactions');
  assert.deepEqual(await violations(page), []);
  // To change it means to write names, not ids.
  await page.hover('.comment');
  await page.click('.comment .tools button >> nth=0');
  assert.match(await page.inputValue('.comment textarea'), /^请 @陈浩然 看 #MORE-1/);
  await page.locator('.comment .row button').first().click();
  await page.click('.comment a.mention');
  await page.waitForURL(new RegExp(`task=${made.tasks[0].id}`));
});

test('a long task is summed up in its own sentences', async () => {
  const { page } = lin;
  const text =
    '机房搬迁要在国庆之前完成，涉及三台核心数据库服务器和两台存储设备。停机时间不得超过四小时。运输费用预算为12万元。' +
    '请陈浩然在12月3日前确认电源。' +
    '新机房的电源和空调已经验收合格，网络线路还在调试，预计本周可以完成。'.repeat(14);
  const now = await task(0);
  await call(page, 'PATCH', `/tasks/${now.id}`, { version: now.version, description: text });
  await open(page, 0);
  await page.click('[data-test=open-summary]');
  await page.waitForSelector('[data-test=summary] .said li');
  const words = await page.textContent('[data-test=summary]');
  assert.match(words, /12万元/);
  assert.match(words, /请陈浩然在12月3日前确认电源/);
  await page.locator('[data-test=summary]').scrollIntoViewIfNeeded();
  await shot(page, 'summary');
  assert.deepEqual(await violations(page), []);
});

test('no page met an error of its own', () => assert.deepEqual(w.faults(), []));
