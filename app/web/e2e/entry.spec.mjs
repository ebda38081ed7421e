import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { password, setUp, shot } from './lib/browser.mjs';
import { world } from './lib/world.mjs';

let w;
before(async () => (w = await world({ env: { DINGBAN_LOGIN_MAX_FAILURES: '5' } })));
after(() => w.close());

test('a stranger is led to the log-in and back to the page asked for', async () => {
  const { page } = await w.stranger();
  await page.goto('/tasks');
  await page.waitForURL('**/login?next=/tasks');
  assert.match(await page.textContent('h1'), /登录/);
});

test('a wrong password is told in words, with nothing of the inside', async () => {
  const { page } = await w.stranger();
  await page.goto('/login');
  await page.fill('[name=account]', 'he.xinyu');
  await page.fill('[name=password]', 'not-the-password');
  await page.click('form button[type=submit]');
  const text = await page.textContent('.failure');
  assert.match(text, /账号或密码/);
  await shot(page, 'login-wrong');
  await page.click('form button[type=submit]');
  await page.waitForSelector('[aria-invalid=true]');
});

test('five failures lock the account and the page counts down', async () => {
  const { page } = await w.stranger();
  await page.goto('/login');
  for (let i = 0; i < 6; i++) {
    await page.fill('[name=account]', 'ma.wenbin');
    await page.fill('[name=password]', `wrong-${i}`);
    const button = page.locator('form button[type=submit]');
    if (await button.isDisabled()) break;
    const answered = page.waitForResponse((r) => r.url().endsWith('/api/v1/sessions'));
    await button.click();
    await answered;
    await page.waitForFunction(() => document.querySelector('[name=password]').value === '');
  }
  await page.waitForFunction(() => /锁定/.test(document.querySelector('.failure')?.textContent ?? ''));
  assert.match(await page.textContent('.failure'), /\d+ 分钟/);
  assert.ok(await page.locator('form button[type=submit]').isDisabled());
  await shot(page, 'login-locked');
});

test('the first administrator sets the place up and appoints the other two', async () => {
  const { page } = await w.stranger();
  const wrong = [];
  const made = await setUp(page, w.server.passwords.get('admin'), async (step) => {
    for (const [name, viewport] of [
      ['phone', { width: 390, height: 844 }],
      ['desk', { width: 1440, height: 900 }],
    ]) {
      await page.setViewportSize(viewport);
      await shot(page, `${name}-setup-${step}`);
      wrong.push(...(await violations(page)));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wrong.push(`${step}: ${over} px too wide on the ${name}`);
    }
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual([...made.keys()].sort(), ['auditor', 'security']);
  assert.match(await page.textContent('.side'), /示例集团/);
  const again = await w.stranger();
  await again.page.goto('/setup');
  await again.page.waitForURL('**/login**');
});

test('a one-time password must be changed first, and the rules are shown while typing', async () => {
  const { page } = await w.stranger();
  const once = w.server.passwords.get('sun.lihua');
  await page.goto('/login?next=/people');
  await page.fill('[name=account]', 'sun.lihua');
  await page.fill('[name=password]', once);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/password?next=/people');
  await page.goto('/projects');
  await page.waitForURL('**/password?next=/projects');
  await page.fill('[name=next]', 'short');
  assert.equal(await page.locator('.rules .ok').count(), 1);
  await shot(page, 'must-change');
  await page.fill('[name=current]', once);
  await page.fill('[name=next]', 'alllowercaseletters');
  await page.fill('[name=repeat]', 'alllowercaseletters');
  await page.click('form button[type=submit]');
  await page.waitForSelector('.field.bad .error');
  await page.fill('[name=next]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/projects');
});

test('a link leads over log-in and the change of the password to the page it names', async () => {
  const { page } = await w.stranger();
  const once = w.server.passwords.get('liu.zihan');
  await page.goto('/tasks?scope=all#later');
  await page.waitForURL('**/login**');
  await page.fill('[name=account]', 'liu.zihan');
  await page.fill('[name=password]', once);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/password**');
  // A reload in between forgets nothing.
  await page.reload();
  await page.fill('[name=current]', once);
  await page.fill('[name=next]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL((to) => to.pathname === '/tasks');
  assert.equal(new URL(page.url()).hash, '#later');
  // Going back does not lead into the forms again.
  await page.goBack();
  assert.ok(!/\/(login|password)/.test(page.url()), page.url());
});

test('an address from outside is not followed after the change of the password either', async () => {
  const { page } = await w.stranger();
  const once = w.server.passwords.get('xu.jingyi');
  await page.goto('/login?next=/%09/example.invalid/x');
  await page.fill('[name=account]', 'xu.jingyi');
  await page.fill('[name=password]', once);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/password**');
  await page.goto('/password?next=//example.invalid/x');
  await page.fill('[name=current]', once);
  await page.fill('[name=next]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/projects');
  assert.ok(page.url().startsWith(w.server.url));
});

test('an address from outside is never followed after the log-in', async () => {
  const { page } = await w.stranger();
  await page.goto('/login?next=//example.invalid/x');
  await page.fill('[name=account]', 'sun.lihua');
  await page.fill('[name=password]', password);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/projects');
  assert.ok(page.url().startsWith(w.server.url));
});

test('language and look are chosen in the menu and kept', async () => {
  const { page } = await w.person('wu.guoqiang');
  await page.click('[data-test=language]');
  await page.click('[data-choice="language:en"]');
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Projects');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await page.click('[data-test=theme]');
  await page.click('[data-choice="theme:dark"]');
  await page.waitForFunction(() => document.documentElement.classList.contains('dark'));
  await page.reload();
  await page.waitForSelector('[data-test=project-card]');
  assert.equal(await page.textContent('h1'), 'Projects');
  assert.ok(await page.evaluate(() => document.documentElement.classList.contains('dark')));
  await shot(page, 'projects-en-dark');
});

test('logging out ends the session, on every open page', async () => {
  const { page, context } = await w.person('wu.guoqiang');
  const second = await context.newPage();
  await second.goto('/projects');
  await second.waitForSelector('[data-test=project-card]');
  await page.click('[data-test=me]');
  await page.click('[data-choice="out:"]');
  await page.waitForURL('**/login');
  await second.click('a[href="/tasks"]');
  await second.waitForURL('**/login**');
});

test('an unknown address and a forbidden one have pages of their own', async () => {
  const { page } = await w.person('wu.guoqiang');
  await page.goto('/nothing/here');
  await page.waitForSelector('.empty');
  await shot(page, 'lost');
  await page.goto('/audit');
  await page.waitForURL('**/denied**');
  await shot(page, 'denied');
});

test('no page met an error of its own', () => assert.deepEqual(w.faults(), []));
