import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let chen;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  chen = await w.person('chen.haoran');
  made = await makeProject(lin.page, 'CHK', ['机房搬迁']);
  const id = (await call(chen.page, 'GET', '/session')).body.person.id;
  await call(lin.page, 'PUT', `/projects/${made.project.id}/members/${id}`, { role: 'viewer' });
});
after(() => w.close());

const open = async (page) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[0].id}`);
  await page.waitForSelector('[data-test=tab-history]');
};
const texts = (page) => page.locator('[data-item] .text').allTextContents();
const list = async () => (await call(lin.page, 'GET', `/tasks/${made.tasks[0].id}/checklist`)).body.items;
const add = '[data-test=add-item]';

test('items are added one by one and by pasting lines, and whoever looks on sees them come', async () => {
  await open(lin.page);
  await open(chen.page);
  assert.equal(await chen.page.locator(add).count(), 0, 'not theirs to change');
  await lin.page.fill(add, '核对设备清单');
  await lin.page.press(add, 'Enter');
  await eventually(async () => assert.deepEqual(await texts(lin.page), ['核对设备清单']), 'one');
  await lin.page.evaluate(
    ([selector]) => {
      const data = new DataTransfer();
      data.setData('text/plain', '- [ ] 断电\n- [x] 报备\n3. 搬运');
      document
        .querySelector(selector)
        .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    [add],
  );
  await eventually(
    async () => assert.deepEqual(await texts(lin.page), ['核对设备清单', '断电', '报备', '搬运']),
    'four',
  );
  await chen.page.waitForSelector('[data-item] >> nth=3');
  assert.match(await chen.page.textContent('[data-test=checklist] h3'), /1\/4/);
  assert.deepEqual(await violations(chen.page), []);
});

test('an item is ticked, renamed, given to somebody, and moved by the keyboard', async () => {
  const { page } = lin;
  const items = await list();
  await page.check(`[data-test=check-${items[0].id}]`);
  await eventually(async () => assert.equal((await list())[0].doneBy[0]?.name, '林晓雯'), 'ticked');
  await page.locator('[data-item] .text').nth(1).click();
  await page.fill('[data-test=edit-item]', '拉闸断电');
  await page.press('[data-test=edit-item]', 'Enter');
  await eventually(async () => assert.equal((await list())[1].text, '拉闸断电'), 'renamed');
  await page.locator('[data-item] .text').nth(1).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await eventually(async () => assert.equal((await list())[0].text, '拉闸断电'), 'moved');
  await page.click(`[data-test=item-menu-${items[1].id}]`);
  await page.click('[data-choice=more]');
  await page.locator('[data-item] [data-test=assignees]').click();
  await page.locator('.el-popover:visible label').filter({ hasText: '林晓雯' }).click();
  await eventually(async () => assert.equal((await list())[0].assignees[0]?.name, '林晓雯'), 'given');
  await page.keyboard.press('Escape');
  await shot(page, 'checklist');
  assert.deepEqual(await violations(page), []);
});

test('an item is dragged to another place', async () => {
  const { page } = lin;
  await open(page);
  await page.waitForSelector('[data-item] >> nth=3');
  const before = await texts(page);
  await page.locator('[data-item]').nth(3).dragTo(page.locator('[data-item]').nth(0));
  const want = [before[3], ...before.slice(0, 3)];
  await eventually(
    async () =>
      assert.deepEqual(
        (await list()).map((i) => i.text),
        want,
      ),
    'dragged',
  );
});

test('an item becomes a subtask, and deleting one names it', async () => {
  const { page } = lin;
  const item = (await list()).find((i) => i.text === '搬运');
  await page.click(`[data-test=item-menu-${item.id}]`);
  await page.click('[data-choice=convert]');
  await page.locator('[data-test=subtasks] .name').filter({ hasText: '搬运' }).waitFor();
  assert.ok(!(await list()).some((i) => i.id === item.id));
  const doomed = (await list()).find((i) => i.text === '报备');
  await page.click(`[data-test=item-menu-${doomed.id}]`);
  await page.click('[data-choice=remove]');
  assert.match(await page.textContent('.el-dialog'), /报备/);
  await page.click('[data-test=confirm]');
  await eventually(async () => assert.equal((await list()).length, 2), 'deleted');
  await page.click('[data-test=tab-history]');
  await eventually(async () => {
    const text = await page.textContent('[data-test=history]');
    for (const words of ['转为了子任务', '勾选了清单项', '清单项负责人']) assert.ok(text.includes(words), words);
    assert.match(text, /清单项负责人.*林晓雯/s);
  }, 'told');
});

test('on a phone it fits', async () => {
  const { page } = lin;
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await page.waitForSelector('[data-item]');
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  await page.locator('[data-test=checklist]').scrollIntoViewIfNeeded();
  await shot(page, 'checklist-phone');
  assert.deepEqual(await violations(page), []);
});

test('no page met an error of its own', () => assert.deepEqual(w.faults(), []));
