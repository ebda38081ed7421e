// What happens when people type wrong things and machines fail: the page says it in words and keeps what was written.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, shot } from './lib/browser.mjs';
import { call, columns, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'ROUGH', ['甲', '乙']);
});
after(() => w.close());

/** Nothing that only a programmer understands may ever be on the page. */
async function plainWords(page) {
  const text = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(
    text,
    /undefined|\[object|NaN|Failed to fetch|TypeError|SyntaxError|Internal Server|<html|goroutine/,
  );
  assert.doesNotMatch(text, /\b(org|task|project|board|comment|access|audit|http|client|network)\.[a-z_]+\b/);
}

test('a title longer than a title may be is refused in words, and the longest fits its card', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}`);
  await page.waitForSelector('[data-card]');
  await page.locator('[data-test=add-task]').first().click();
  await page.fill('[data-test=quick-add]', '长'.repeat(310));
  await page.keyboard.press('Enter');
  await eventually(async () => assert.match(await page.textContent('.quick [role=alert]'), /300/), 'refused');
  assert.equal((await page.inputValue('[data-test=quick-add]')).length, 310, 'nothing is lost');
  await page.fill('[data-test=quick-add]', '长'.repeat(300));
  await page.keyboard.press('Enter');
  await eventually(async () => assert.ok((await columns(page))['待办'].includes('长'.repeat(300))), 'added');
  await page.keyboard.press('Escape');
  const wide = await page.$$eval(
    '[data-card]',
    (cards) => cards.filter((c) => c.scrollWidth > c.clientWidth + 1).length,
  );
  assert.equal(wide, 0);
  await shot(page, 'board-long-title');
  // The server refuses what a page would not send, in words.
  const refused = await call(page, 'POST', '/tasks', { projectId: made.project.id, title: '长'.repeat(301) });
  assert.equal(refused.status, 422);
});

test('a project key that is taken is told at its field, in the language of the reader', async () => {
  const { page } = lin;
  for (const [language, words] of [
    ['zh-CN', /代号|已/],
    ['en', /key|taken|use/i],
  ]) {
    await page.goto('/projects');
    await page.waitForSelector('[data-test=project-card]');
    await call(page, 'PATCH', '/me', { language });
    await page.reload();
    await page.click('[data-test=new-project]');
    await page.fill('[name=project-name]', 'Again');
    await page.fill('[name=project-key]', 'ROUGH');
    await page.click('[data-test=save-project]');
    const said = page.locator('.field.bad .error, .failure').first();
    await said.waitFor();
    const text = await said.textContent();
    assert.match(text, words);
    assert.equal(/[\u4e00-\u9fff]/.test(text), language === 'zh-CN', text);
    assert.equal(await page.inputValue('[name=project-name]'), 'Again', 'what was typed stays');
    await plainWords(page);
    await shot(page, `key-taken-${language}`);
  }
  await call(page, 'PATCH', '/me', { language: 'zh-CN' });
});

test('a fault inside the server is told in words, with a number to quote', async () => {
  const { page } = await w.person('zhou.jianguo');
  const broken = (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      json: { status: 500, code: 'internal', title: '', detail: '', requestId: 'q-4711', type: 'about:blank' },
    });
  await page.route('**/api/v1/projects?**', broken);
  await page.route('**/api/v1/projects', broken);
  await page.goto('/projects');
  await page.waitForSelector('[role=alert] .empty');
  assert.match(await page.textContent('[role=alert]'), /q-4711/);
  await plainWords(page);
  await shot(page, 'server-fault');
  await page.unroute('**/api/v1/projects?**');
  await page.unroute('**/api/v1/projects');
  await page.locator('[role=alert] button').first().click();
  await page.waitForSelector('[data-test=project-card]');
});

test('an answer of a proxy instead of the server is told in words', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[0].id}`);
  await page.waitForSelector('[data-test=title]');
  await page.route('**/api/v1/tasks/*/comments', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 502, contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' })
      : route.fallback(),
  );
  await page.locator('[data-test=comment] textarea, textarea[data-test=comment]').fill('不要丢掉这句话');
  await page.click('[data-test=send-comment]');
  await page.waitForSelector('[data-test=toast]');
  await plainWords(page);
  assert.doesNotMatch(await page.textContent('[data-test=toast]'), /502|Gateway/);
  assert.equal(
    await page.locator('[data-test=comment] textarea, textarea[data-test=comment]').inputValue(),
    '不要丢掉这句话',
  );
  await page.unroute('**/api/v1/tasks/*/comments');
});

test('a part of the page whose code was dropped on the way is asked for again', async () => {
  // A context of its own: the code must not be in the cache yet.
  const { page } = await w.person('chen.haoran');
  await page.goto('/projects');
  await page.locator('[data-test=project-card]').first().click();
  await page.waitForSelector('[data-card]');
  let dropped = 0;
  await page.route('**/assets/TaskDrawer*.js', (route) =>
    dropped++ < 2 ? route.abort('internetdisconnected') : route.fallback(),
  );
  await page.locator('[data-card] .title').first().click();
  await page.waitForSelector('[data-test=drawer]');
  assert.ok(dropped >= 2);
});

test('when the session ends the log-in says so and leads back to where one was', async () => {
  const { page, context } = lin;
  const at = `/projects/${made.project.id}?task=${made.tasks[1].id}`;
  await page.goto(at);
  await page.waitForSelector('[data-test=title]');
  await context.clearCookies();
  await page.fill('[data-test=title]', '乙二');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/login**');
  await page.waitForSelector('.ended');
  await plainWords(page);
  await shot(page, 'session-ended');
  await page.fill('[name=account]', 'lin.xiaowen');
  await page.fill('[name=password]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL(`**${at}`);
  await page.waitForSelector('[data-test=title]');
});

test('a server that stops mid-way loses nobody a word, and the page recovers by itself', async () => {
  const { page } = lin;
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[0].id}`);
  await page.waitForSelector('[data-test=title]');
  await page.click('[data-test=edit-description]');
  const words = page.locator('textarea[data-test=description], [data-test=description] textarea');
  await words.fill('写到一半的描述');
  await w.server.pause();
  await page.click('[data-test=save-description]');
  await page.waitForSelector('[data-test=toast]');
  await page.waitForSelector('.banner');
  await plainWords(page);
  assert.equal(await words.inputValue(), '写到一半的描述');
  await page.fill('[data-test=title]', '甲改过了');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=title].unsaved');
  assert.equal(await page.inputValue('[data-test=title]'), '甲改过了');
  await shot(page, 'server-stopped');
  await w.server.resume();
  await page.waitForSelector('.banner', { state: 'detached' });
  await page.click('[data-test=save-description]');
  await page.waitForSelector('.rich');
  const saved = (await call(page, 'GET', `/tasks/${made.tasks[0].id}`)).body;
  assert.equal(saved.description, '写到一半的描述');
  await page.focus('[data-test=title]');
  await page.keyboard.press('Enter');
  await eventually(
    async () => assert.equal((await call(page, 'GET', `/tasks/${made.tasks[0].id}`)).body.title, '甲改过了'),
    'the title too',
  );
});

test('the log-in page bears a server that is away', async () => {
  const { page } = await w.stranger();
  await page.goto('/login');
  await page.fill('[name=account]', 'lin.xiaowen');
  await page.fill('[name=password]', password);
  await w.server.pause();
  await page.click('form button[type=submit]');
  await page.waitForSelector('.failure');
  await plainWords(page);
  await shot(page, 'login-away');
  await w.server.resume();
  await page.fill('[name=password]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/projects');
});

test('no page met an error of its own', () => {
  // The browser itself reports the live line that a stopped server cut.
  assert.deepEqual(
    w.faults().filter((f) => !/WebSocket connection to/.test(f)),
    [],
  );
});
