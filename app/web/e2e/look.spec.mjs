import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { logIn, setUp, shot, visitor } from './lib/browser.mjs';
import { call, world } from './lib/world.mjs';

let w;
let cookies;
let auditCookies;
let adminCookies;
let board;
let task;
before(async () => {
  w = await world();
  const admin = await w.stranger();
  const once = await setUp(admin.page, w.server.passwords.get('admin'));
  adminCookies = await admin.context.cookies();
  const auditor = await w.stranger();
  await logIn(auditor.page, 'auditor', once.get('auditor'));
  auditCookies = await auditor.context.cookies();
  const { page, context } = await w.person('lin.xiaowen');
  cookies = await context.cookies();
  const projects = (await call(page, 'GET', '/projects')).body.items;
  board = projects.reduce((a, b) => (a.openCount >= b.openCount ? a : b)).id;
  const cards = (await call(page, 'GET', `/projects/${board}/board`)).body.cards;
  task = cards.find((c) => c.assignees?.length && c.dueAt)?.id ?? cards[0].id;
});
after(() => w.close());

async function widthOf(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

const pages = () => [
  { name: 'login', path: '/login', ready: '[name=account]', who: null },
  { name: 'projects', path: '/projects', ready: '[data-test=project-card]' },
  { name: 'board', path: `/projects/${board}`, ready: '[data-card]' },
  { name: 'list', path: `/projects/${board}/list`, ready: '[data-test=task-list] li' },
  { name: 'task', path: `/projects/${board}?task=${task}`, ready: '[data-test=title]' },
  { name: 'tasks', path: '/tasks', ready: '.page h1' },
  { name: 'people', path: '/people', ready: 'table.people tbody tr', who: 'admin' },
  { name: 'account', path: '/account', ready: '.sessions li' },
  { name: 'audit', path: '/audit', ready: '[data-test=audit] tbody tr', who: 'audit' },
  { name: 'lost', path: '/nowhere', ready: '.empty' },
  {
    name: 'new-project',
    path: '/projects',
    ready: '[data-test=project-card]',
    act: (p) => p.click('[data-test=new-project]'),
    then: '[name=project-name]',
  },
  {
    name: 'members',
    path: () => `/projects/${board}`,
    ready: '[data-card]',
    act: (p) => p.click('[data-test=members]'),
    then: '.el-dialog .list li',
  },
  {
    name: 'notices',
    path: '/projects',
    ready: '[data-test=project-card]',
    act: (p) => p.click('[data-test=bell]'),
    then: '.el-drawer .bar',
  },
  {
    name: 'search',
    path: '/projects',
    ready: '[data-test=project-card]',
    act: (p) => p.click('[data-test=search]'),
    then: '#search-list li',
  },
];

// Parts of pages that open by a click; the quick looks leave them out.
const parts = () => [
  {
    name: 'history',
    path: `/projects/${board}?task=${task}`,
    ready: '[data-test=title]',
    act: (p) => p.click('[data-test=tab-history]'),
    then: '[data-test=history] li',
  },
  {
    name: 'assignees',
    path: `/projects/${board}?task=${task}`,
    ready: '[data-test=title]',
    act: (p) => p.click('[data-test=assignees]'),
    then: '.el-popover input[type=checkbox]',
  },
  {
    name: 'describe',
    path: `/projects/${board}?task=${task}`,
    ready: '[data-test=title]',
    act: (p) => p.click('[data-test=edit-description]'),
    then: '[data-test=save-description]',
  },
  {
    name: 'card-menu',
    path: `/projects/${board}`,
    ready: '[data-card]',
    act: async (p) => {
      await p.hover('[data-card]');
      await p.click('[data-card] [data-test=card-menu]');
    },
    then: '.app-menu',
  },
  {
    name: 'column',
    path: `/projects/${board}`,
    ready: '[data-card]',
    act: (p) => p.click('[data-test=add-column]'),
    then: '[name=state-name]',
  },
  {
    name: 'person-menu',
    path: '/projects',
    ready: '[data-test=project-card]',
    act: (p) => p.click('[data-test=me]'),
    then: '.app-menu',
  },
  {
    name: 'no-project',
    path: '/projects',
    ready: '[data-test=project-card]',
    act: (p) => p.fill('.page input', 'zzzz'),
    then: '.empty',
  },
  {
    name: 'no-task',
    path: '/tasks',
    ready: '.page h1',
    act: (p) => p.locator('.chips button').nth(2).click(),
    then: '.empty',
  },
  {
    name: 'person',
    path: '/people',
    ready: 'table.people tbody tr',
    who: 'admin',
    act: (p) => p.click('[data-test=new-person]'),
    then: '[name=person-name]',
  },
  {
    name: 'department',
    path: '/people',
    ready: 'table.people tbody tr',
    who: 'admin',
    desk: true,
    act: (p) => p.click('.tree .head button'),
    then: '.el-dialog input',
  },
  {
    name: 'no-notices',
    path: '/projects',
    ready: '.page h1',
    who: 'admin',
    act: (p) => p.click('[data-test=bell]'),
    then: '.el-drawer .empty',
  },
  {
    name: 'audit-open',
    path: '/audit',
    ready: '[data-test=audit] tbody tr',
    who: 'audit',
    act: (p) => p.locator('[data-test=audit] button[aria-expanded]').first().click(),
    then: 'tr.more',
  },
];

const looks = [
  { name: 'desk-light', options: { colorScheme: 'light' } },
  { name: 'desk-dark', options: { colorScheme: 'dark' } },
  { name: 'phone-light', options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
  {
    name: 'phone-dark',
    options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: 'dark' },
  },
  { name: 'small', options: { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }, quick: true },
  { name: 'wide', options: { viewport: { width: 1920, height: 1080 } }, quick: true },
  { name: 'desk-en', options: { locale: 'en-GB' }, language: 'en', quick: true },
];

for (const look of looks) {
  test(`pages as ${look.name}: drawn whole, nothing sticks out${look.quick ? '' : ', axe is content'}`, async () => {
    const wrong = [];
    for (const who of [null, 'admin', 'audit', 'lin']) {
      const phone = !!look.options.isMobile;
      const all = look.quick ? pages() : [...pages(), ...parts()];
      const mine = all.filter((p) => (p.who === undefined ? 'lin' : p.who) === who && !(phone && p.desk));
      const { page, context, faults } = await visitor(w.browser, w.server.url, look.options);
      if (who) await context.addCookies({ admin: adminCookies, audit: auditCookies, lin: cookies }[who]);
      if (who && look.language) {
        await page.goto('/projects');
        await call(page, 'PATCH', '/me', { language: look.language });
      }
      for (const p of mine) {
        await page.goto(typeof p.path === 'function' ? p.path() : p.path);
        await page.waitForSelector(p.ready);
        if (p.act) {
          await p.act(page);
          await page.waitForSelector(p.then);
        }
        await shot(page, `${look.name}-${p.name}`);
        const over = await widthOf(page);
        if (over > 0) wrong.push(`${p.name}: ${over} px too wide`);
        if (!look.quick) wrong.push(...(await violations(page)).map((v) => `${p.name}: ${v}`));
      }
      if (who && look.language) await call(page, 'PATCH', '/me', { language: 'zh-CN' });
      wrong.push(...faults);
      await context.close();
    }
    assert.deepEqual([...new Set(wrong)], []);
  });
}

test('the API viewer works without any outside request and under the same policy', async () => {
  const { page, context, faults } = await visitor(w.browser, w.server.url, {});
  const outside = [];
  page.on('request', (r) => {
    if (!r.url().startsWith(w.server.url) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
      outside.push(r.url());
  });
  await page.goto('/docs');
  await page.waitForSelector('.opblock', { timeout: 20_000 });
  await shot(page, 'docs');
  assert.deepEqual(outside, []);
  assert.deepEqual(faults, []);
  await context.close();
});

test('everything can be reached by keyboard from the top of the page', async () => {
  const { page, context } = await visitor(w.browser, w.server.url, {});
  await context.addCookies(cookies);
  await page.goto('/projects');
  await page.waitForSelector('[data-test=project-card]');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /skip-link/);
  const seen = new Set();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab');
    seen.add(
      await page.evaluate(
        () => document.activeElement.dataset.test ?? document.activeElement.getAttribute('href') ?? '',
      ),
    );
  }
  for (const stop of ['search', 'bell', 'language', 'theme', 'me', 'new-project', '/tasks', 'project-card'])
    assert.ok(seen.has(stop), stop);
  await context.close();
});
