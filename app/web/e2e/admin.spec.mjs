import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logIn, setUp, shot } from './lib/browser.mjs';
import { dialogsGone, eventually, world } from './lib/world.mjs';

let w;
let admin;
let once;
before(async () => {
  w = await world();
  admin = await w.stranger();
  once = await setUp(admin.page, w.server.passwords.get('admin'));
});
after(() => w.close());

const row = (page, name) => page.locator('table.people tbody tr', { hasText: name });

test('a department is made, renamed and removed', async () => {
  const { page } = admin;
  await page.goto('/people');
  await page.click('.tree .head button');
  await page.fill('.el-dialog input >> nth=0', '法务部');
  await page.click('.el-dialog button[type=submit]');
  const node = page.locator('[role=treeitem]', { hasText: '法务部' });
  await node.waitFor();
  await dialogsGone(page);
  await node.click();
  await page.click('.bar .icon-button >> nth=1');
  await page.fill('.el-dialog input >> nth=0', '法律合规部');
  await page.click('.el-dialog button[type=submit]');
  const renamed = page.locator('[role=treeitem]', { hasText: '法律合规部' });
  await renamed.waitFor();
  await dialogsGone(page);
  await page.click('.bar .icon-button >> nth=2');
  await page.click('[data-test=confirm]');
  await renamed.waitFor({ state: 'detached' });
});

test('a person is added, gets a password once, and can come in with it', async () => {
  const { page } = admin;
  await page.goto('/people');
  await page.click('[data-test=new-person]');
  // One can type at once, and is back at the button when it is over.
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'person-name');
  await page.keyboard.press('Escape');
  await dialogsGone(page);
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-test') === 'new-person');
  await page.click('[data-test=new-person]');
  await page.click('[data-test=save-person]');
  await page.waitForSelector('.field.bad .error');
  await page.fill('[name=person-name]', '钱多多');
  await page.fill('[name=person-account]', 'qian.duoduo');
  await page.click('[data-test=save-person]');
  const secret = (await page.textContent('[data-test=one-time]')).trim().split(/\s/)[0];
  await shot(page, 'person-created');
  await page.locator('.el-dialog__footer button').click();
  await row(page, '钱多多').waitFor();
  const fresh = await w.stranger();
  await logIn(fresh.page, 'qian.duoduo', secret);
  assert.equal(new URL(fresh.page.url()).pathname, '/projects');

  // The same account never goes to somebody else.
  await page.click('[data-test=new-person]');
  await page.fill('[name=person-name]', '钱多多二');
  await page.fill('[name=person-account]', 'qian.duoduo');
  await page.click('[data-test=save-person]');
  await page.waitForSelector('.field.bad .error, .failure');
  await page.keyboard.press('Escape');

  // Disabling puts the person out at once.
  await dialogsGone(page);
  await row(page, '钱多多').locator('[data-test=person-menu]').click();
  await page.click('[data-choice=disable]');
  assert.match(await page.textContent('.el-dialog:visible'), /钱多多/);
  await page.click('[data-test=confirm]');
  await row(page, '已停用').waitFor();
  await fresh.page.goto('/projects');
  await fresh.page.waitForURL('**/login**');
});

test('people are searched and a password is reset', async () => {
  const { page } = admin;
  await page.goto('/people');
  await page.fill('.find input', '林晓');
  await eventually(async () => assert.equal(await page.locator('table.people tbody tr').count(), 1), 'found');
  await page.click('[data-test=person-menu]');
  await page.click('[data-choice=reset]');
  await page.click('[data-test=confirm]');
  await page.waitForSelector('[data-test=one-time]');
  await shot(page, 'password-reset');
});

test('the security administrator gives roles, and only one of the three', async () => {
  const { page } = await w.stranger();
  await logIn(page, 'security', once.get('security'));
  await page.goto('/people');
  await row(page, '周建国').locator('[data-test=person-menu]').click();
  await page.click('[data-choice=roles]');
  await page.waitForSelector('.roles label');
  await page.locator('.roles label', { hasText: '系统管理员' }).click();
  await page.locator('.roles label', { hasText: '审计管理员' }).first().click();
  assert.equal(await page.locator('.roles label.on', { hasText: '互斥' }).count(), 1);
  await shot(page, 'roles');
  await page.locator('.el-dialog__footer button').last().click();
  await page.waitForSelector('[data-test=toast]');
  await eventually(async () => assert.match(await row(page, '周建国').textContent(), /审计管理员/), 'shown');
});

test('the audit administrator reads the journal and verifies the chain', async () => {
  const { page } = await w.stranger();
  await logIn(page, 'auditor', once.get('auditor'));
  await page.goto('/audit');
  await page.waitForSelector('[data-test=audit] tbody tr');
  const text = await page.textContent('[data-test=audit]');
  assert.match(text, /登录/);
  assert.doesNotMatch(text, /(org|access|project|board|task|comment|audit)\.[a-z_]+/, 'every action has words');
  await page.click('[data-test=audit] button[aria-expanded] >> nth=0');
  await page.waitForSelector('tr.more');
  await page.click('[data-test=verify]');
  await page.waitForSelector('[data-test=report].good');
  await shot(page, 'audit');
  assert.equal(await page.locator('[data-test=new-person]').count(), 0);
});

test('the readers of the journal are shown, and one that is parked is run again after asking', async () => {
  const { page } = await w.stranger();
  await logIn(page, 'auditor', w.password);
  await page.goto('/audit?view=health');
  await page.waitForSelector('[data-reader="search.index"]');
  assert.match(await page.textContent('[data-reader=notify]'), /通知.*读到第 [\d,]+ 条/);
  // A reader is parked by a failure that nobody can order; the rest is the server's own answer.
  const readers = '**/api/v1/audit/readers';
  await page.route(readers, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const parked = {
      seq: 16,
      entry: 17,
      lag: 40,
      attempts: 8,
      error: 'entry 17 (task.move): no such luck',
      parkedAt: Date.now(),
    };
    body.items = body.items.map((r) => (r.name === 'notify' ? { ...r, ...parked } : r));
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  await page.waitForSelector('[data-reader=notify] .tag.bad');
  assert.match(await page.textContent('[data-reader=notify]'), /失败 8 次：entry 17/);
  await page.waitForSelector('[data-checkpoint] .tag.ok');
  assert.match(await page.textContent('[data-checkpoint]'), /(第 [\d,]+ 至 [\d,]+ 条|链的起点).*密钥 [0-9a-f]{16}…/s);
  await shot(page, 'audit-health');
  // The reader is not really parked, which the server says; nothing is skipped.
  await page.click('[data-test=skip]');
  assert.match(await page.textContent('.el-dialog:visible'), /让「通知」跳过第 17 条.*永远不会处理它/s);
  const refused = page.waitForResponse((r) => r.url().endsWith('/audit/readers/notify/skip'));
  await page.click('.el-dialog:visible [data-test=confirm]');
  assert.equal((await refused).status(), 409);
  await page.waitForSelector('.el-dialog:visible .failure, .el-dialog:visible [role=alert]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.el-dialog:visible', { state: 'detached' });
  await page.click('[data-test=rerun]');
  await page.waitForSelector('.el-dialog:visible');
  assert.match(await page.textContent('.el-dialog:visible'), /第 17 条，后面还有 40 条.*不会跳过/);
  await page.unroute(readers);
  const told = page.waitForResponse((r) => r.url().endsWith('/audit/readers/notify/rerun'));
  await page.click('.el-dialog:visible [data-test=confirm]');
  assert.equal((await told).status(), 204);
  await page.waitForSelector('[data-reader=notify] .tag.ok');
  await page.click('[data-test=verify]');
  await page.waitForSelector('[data-test=report].good');
  assert.match(await page.textContent('[data-test=report]'), /条记录完整.*锚点/);
});

test('an auditor who takes part in a project sees its things by name, and opens them', async () => {
  const { page } = await w.person('zhou.jianguo');
  await page.goto('/audit');
  await page.waitForSelector('[data-test=audit] tbody tr');
  const row = page.locator('[data-test=audit] tbody tr', { has: page.locator('td.object a[href*="task="]') }).first();
  const link = row.locator('td.object a');
  await link.waitFor();
  const [, key] = /任务 ([A-Z0-9]+-\d+) \S/.exec(await link.textContent());
  await row.locator('button[aria-expanded]').click();
  const mentions = page.locator('tr.more .mentions');
  assert.match(await mentions.textContent(), /项目 [A-Z0-9]+ \S.*看板列 [^#]/);
  await page.click('tr.more .el-button');
  await page.waitForSelector('.filters .about');
  await page.waitForFunction((k) => {
    const rows = [...document.querySelectorAll('[data-test=audit] tbody tr:not(.more)')];
    return rows.length > 0 && rows.every((r) => r.textContent.includes(k));
  }, key);
  await shot(page, 'audit-object');
  await page.locator('[data-test=audit] td.object a').first().click();
  await page.waitForURL(/\/projects\/\d+\?task=\d+/);
  await page.waitForSelector('[data-test=drawer]');
  // Departments and people lead into the directory.
  await page.goto('/people?q=%E6%9E%97');
  await page.waitForFunction(() => document.querySelector('.find input')?.value === '林');
});

test('a person changes their password and ends another session', async () => {
  const { page } = await w.person('huang.meiling');
  const other = await w.person('huang.meiling');
  await page.goto('/account');
  await page.waitForFunction(() => document.querySelectorAll('.sessions li').length >= 2);
  await shot(page, 'account');
  await page.locator('.sessions button').first().click();
  await page.click('[data-test=confirm]');
  await page.waitForFunction(() => document.querySelectorAll('.sessions li').length === 1);
  // The other page learns it by itself, before anybody touches it.
  await other.page.waitForURL('**/login**');
});

test('no page met an error of its own', () => assert.deepEqual(w.faults(), []));
