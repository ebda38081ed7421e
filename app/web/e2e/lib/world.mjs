import assert from 'node:assert/strict';
import { launch, logIn, password, visitor } from './browser.mjs';
import { startServer } from './server.mjs';

/** A server with demo data, a browser, and people who come in as they are needed. */
export async function world(options) {
  const server = await startServer(options);
  const browser = await launch();
  const seen = [];
  return {
    server,
    browser,
    password,
    async stranger(settings) {
      const v = await visitor(browser, server.url, settings);
      seen.push(v);
      return v;
    },
    async person(account, settings) {
      const v = await visitor(browser, server.url, settings);
      seen.push(v);
      const once = server.passwords.get(account);
      await logIn(v.page, account, once ?? password);
      // Whoever comes a second time has a password of their own by now.
      server.passwords.delete(account);
      return v;
    },
    faults: () => seen.flatMap((v) => v.faults),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

export async function call(page, method, path, body) {
  return page.evaluate(
    async ([m, p, b]) => {
      const answer = await fetch('/api/v1' + p, {
        method: m,
        headers: b ? { 'Content-Type': 'application/json' } : {},
        body: b ? JSON.stringify(b) : undefined,
      });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    [method, path, body],
  );
}

/** A project with a few tasks of its own, so that tests do not tread on each other. */
export async function makeProject(page, key, titles) {
  const project = (await call(page, 'POST', '/projects', { key, name: `项目${key}`, visibility: 'organisation' })).body;
  assert.ok(project.id, JSON.stringify(project));
  const states = (await call(page, 'GET', `/projects/${project.id}/states`)).body.items;
  const tasks = [];
  for (const title of titles) {
    const made = await call(page, 'POST', '/tasks', { projectId: project.id, stateId: states[0].id, title });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    tasks.push(made.body);
  }
  return { project, states, tasks };
}

/** What stands in each column, from top to bottom. */
export async function columns(page) {
  return page.$$eval('[data-column]', (all) =>
    Object.fromEntries(
      all.map((c) => [
        c.querySelector('h2').textContent.trim(),
        [...c.querySelectorAll('.title')].map((t) => t.textContent.trim()),
      ]),
    ),
  );
}

/** Closed dialogs stay in the document, hidden; what matters is that none is in the way. */
export async function dialogsGone(page) {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.el-overlay')].every((o) => !o.getClientRects().length),
  );
}

export async function eventually(check, what, patience = 15_000) {
  let last;
  for (const end = Date.now() + patience; Date.now() < end;) {
    try {
      await check();
      return;
    } catch (error) {
      last = error;
      await new Promise((r) => setTimeout(r, 40));
    }
  }
  throw new Error(`${what}: ${last?.message}`);
}
