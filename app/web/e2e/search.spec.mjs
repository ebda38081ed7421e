import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shot } from './lib/browser.mjs';
import { call, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'FIND', ['采购机架服务器', '整理采购合同', '维护空调']);
  const said = await call(lin.page, 'POST', `/tasks/${made.tasks[2].id}/comments`, { text: '供应商明天上门报价' });
  assert.equal(said.status, 201, JSON.stringify(said.body));
  await eventually(async () => {
    const found = await call(lin.page, 'GET', `/search?q=${encodeURIComponent('上门报价')}`);
    assert.equal(found.body.items.length, 1);
  }, 'the index follows');
});
after(() => w.close());

async function search(page, text) {
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await page.click('[data-test=search]');
  await page.fill('[data-test=search-field]', text);
}
const shows = (page, pattern) =>
  page.waitForFunction((p) => new RegExp(p).test(document.querySelector('#search-list')?.textContent ?? ''), pattern);

test('what was looked for stands out, also when it was typed in pinyin', async () => {
  const { page } = lin;
  await search(page, 'cgjjfwq');
  await shows(page, '采购机架服务器');
  assert.equal(await page.locator('#search-list mark').first().textContent(), '采购机架服务器');
  await page.fill('[data-test=search-field]', '上门报价');
  await shows(page, '供应商明天上门报价');
  assert.equal(await page.locator('#search-list mark').first().textContent(), '上门报价');
  await shot(page, 'search-comment');
});

test('projects and people are found beside tasks, and a person leads to their tasks', async () => {
  const { page } = lin;
  await search(page, '项目FIND');
  await shows(page, '项目FIND');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/projects/${made.project.id}`);
  await search(page, '陈浩然');
  await shows(page, '陈浩然');
  await page.locator('#search-list li', { hasText: '陈浩然' }).first().click();
  await page.waitForFunction(() => document.querySelector('[data-test=search-field]')?.value === '负责人:"陈浩然"');
});

test('filters choose, and what cannot be understood is named', async () => {
  const { page } = lin;
  await search(page, '采购 项目:FIND -合同');
  await shows(page, '采购机架服务器');
  assert.equal(await page.locator('#search-list li', { hasText: '整理采购合同' }).count(), 0);
  await page.fill('[data-test=search-field]', '采购 项目:火星');
  await page.waitForFunction(() =>
    /项目:火星/.test(document.querySelector('.palette [role=alert]')?.textContent ?? ''),
  );
});

test('the tips can be tried with a click', async () => {
  const { page } = lin;
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await page.click('[data-test=search]');
  await page.click('[data-test=search-tips]');
  await page.waitForSelector('[data-test=search-help]');
  await shot(page, 'search-help');
  await page.locator('[data-test=search-help] button', { hasText: '负责人:我' }).click();
  assert.equal(await page.inputValue('[data-test=search-field]'), '负责人:我');
});

test('nothing went wrong in the pages', () => assert.deepEqual(w.faults(), []));
