import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { web } from './server.mjs';

export const shots = path.join(web, 'e2e/shots');
mkdirSync(shots, { recursive: true });

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...flags, ...more],
  });
}

/** A browser of one person: own cookies, errors of the page collected. */
export async function visitor(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    ignoreHTTPSErrors: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  // A guard against hanging, not a measure: the machine may be busy.
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // The browser reports every answer of 4xx by itself; those are asked for on purpose here.
    if (message.type() === 'error' && !/Failed to load resource/.test(text)) faults.push(`console: ${text}`);
  });
  return { context, page, faults };
}

export const password = 'Dingban-2026!x';

/** Logs in through the page, and through the change of the one-time password when there is one. */
export async function logIn(page, account, word, next = password) {
  await page.goto('/login');
  await page.fill('[name=account]', account);
  await page.fill('[name=password]', word);
  await page.click('form button[type=submit]');
  await page.waitForURL((to) => !to.pathname.startsWith('/login'));
  if (new URL(page.url()).pathname === '/password') {
    await page.fill('[name=current]', word);
    await page.fill('[name=next]', next);
    await page.fill('[name=repeat]', next);
    await page.click('form button[type=submit]');
    await page.waitForURL((to) => to.pathname === '/projects');
  }
}

/** Goes through the first run; `look` sees each step before it is filled in. */
export async function setUp(page, word, look = async () => undefined) {
  await page.goto('/login');
  await page.fill('[name=account]', 'admin');
  await page.fill('[name=password]', word);
  await page.click('form button[type=submit]');
  await page.waitForURL('**/setup');
  await page.waitForSelector('[name=organisation]');
  await look('organisation');
  await page.fill('[name=organisation]', '示例集团');
  await page.fill('[name=name]', '系统管理员');
  await page.click('form button[type=submit]');
  await page.waitForSelector('[name=next]');
  await look('password');
  await page.fill('[name=next]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form button[type=submit]');
  await page.waitForSelector('[name=securityName]');
  await look('admins');
  await page.fill('[name=securityName]', '安全管理员');
  await page.fill('[name=auditName]', '审计管理员');
  await page.click('form button[type=submit]');
  await page.waitForSelector('.passwords li');
  await look('passwords');
  const made = await page.$$eval('.passwords li', (rows) =>
    rows.map((r) => [r.querySelector('span').textContent, r.querySelector('code').textContent]),
  );
  await page.click('.whole');
  await page.waitForURL('**/projects');
  return new Map(made);
}

export async function shot(page, name) {
  // Transitions would be caught half-way.
  await page.waitForTimeout(350);
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
}
