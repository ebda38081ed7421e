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
  made = await makeProject(lin.page, 'FIELDS', ['续签合同']);
});
after(() => w.close());

const fields = async () => (await call(lin.page, 'GET', `/projects/${made.project.id}/fields`)).body.items;
const values = async () => (await call(lin.page, 'GET', `/tasks/${made.tasks[0].id}/fields`)).body.items;
const openTask = async (page) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[0].id}`);
  await page.waitForSelector('[data-test=title]');
};
const add = async (page, name, kind, options) => {
  await page.click('[data-test=field-add]');
  await page.fill('[data-test=field-name]', name);
  await page.selectOption('[data-test=field-kind]', kind);
  if (options) await page.fill('[data-test=field-options]', options);
  await page.click('[data-test=field-save]');
};

test('a manager adds fields, is told of a name that is taken, renames and deletes, and brings back', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}`);
  await page.click('[data-test=project-more]');
  await page.click('[role=menuitem]:has-text("自定义字段")');
  await add(page, '数量', 'number');
  await eventually(async () => assert.equal((await fields()).length, 1), 'the first one');
  await add(page, '等级', 'select', '低\n高');
  await eventually(async () => assert.equal((await fields()).length, 2), 'the second one');
  await add(page, '数量', 'text');
  await page.waitForSelector('[data-test=field-form] :text("同名")');
  await shot(page, 'field-dialog');
  assert.deepEqual(await violations(page), []);
  await page.click('[data-test=field-form] button:has-text("取消")');
  await page.click('[aria-label="删除“数量”"]');
  await page.click('[data-test=confirm]');
  await eventually(async () => assert.equal((await fields()).length, 1), 'deleted');
  await page.click('[aria-label="恢复“数量”"]');
  await eventually(async () => assert.equal((await fields()).length, 2), 'restored');
});

test('whoever works on a task fills them in, a wrong value is told at the field, the history says what changed', async () => {
  const { page } = lin;
  const [level, count] = await fields();
  await openTask(page);
  const input = `[data-test=field-${count.id}] input`;
  await page.fill(input, '一百');
  await page.press(input, 'Tab');
  await page.waitForSelector(`[data-test=field-${count.id}] [role=alert]`);
  await page.fill(input, '100');
  await page.press(input, 'Tab');
  await page.selectOption(`[data-test=field-${level.id}] select`, { label: '高' });
  await eventually(
    async () =>
      assert.deepEqual(
        (await values()).map((v) => v.value),
        ['o2', 100],
      ),
    'both are kept',
  );
  await shot(page, 'field-facts');
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 390, height: 844 });
  await openTask(page);
  assert.equal(await page.inputValue(input), '100');
  await shot(page, 'field-facts-phone');
  const history = (await call(page, 'GET', `/tasks/${made.tasks[0].id}/history`)).body.items;
  assert.ok(
    history.some((h) => h.verb === 'field.set' && h.changes[0].field === 'field:数量'),
    JSON.stringify(history),
  );
});
