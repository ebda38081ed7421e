// A person at an installation that was just made, in a real browser: first-run set-up, a project, a task, its
// description and a comment, all holding one sentence, read again after a reload. The installer's test calls it.
// Usage: installed.mjs URL CA-FILE PASSWORD-FILE SENTENCE; prints {"task": id}.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { launch, setUp, shot, visitor } from './lib/browser.mjs';
import { call } from './lib/world.mjs';

const [url, caFile, passwordFile, sentence] = process.argv.slice(2);

/** The key of the server, once its certificate has been found good by the installation's own authority, and by it alone. */
async function provenKey() {
  const { hostname, port } = new URL(url);
  const socket = tls.connect({
    host: hostname,
    port,
    servername: hostname,
    ca: readFileSync(caFile),
    minVersion: 'TLSv1.3',
  });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const key = socket.getPeerX509Certificate().publicKey.export({ type: 'spki', format: 'der' });
  socket.destroy();
  return createHash('sha256').update(key).digest('base64');
}

// A headless browser has no store to import an authority into: it is told this one key, and trusts no other.
const browser = await launch([`--ignore-certificate-errors-spki-list=${await provenKey()}`]);
try {
  const { page, faults } = await visitor(browser, url, { ignoreHTTPSErrors: false });
  await setUp(page, readFileSync(passwordFile, 'utf8').trim());

  await page.click('[data-test=new-project]');
  await page.fill('[name=project-name]', '水务工程');
  await page.fill('[name=project-key]', 'WATER');
  await page.click('[data-test=save-project]');
  await page.waitForSelector('[data-column]');
  await page.locator('[data-test=add-task]').first().click();
  await page.fill('[data-test=quick-add]', sentence);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-card]');
  await page.keyboard.press('Escape');

  await page.click('[data-card] .title');
  await page.click('[data-test=edit-description]');
  await page.locator('[data-test=description] textarea, textarea[data-test=description]').fill(sentence);
  await page.click('[data-test=save-description]');
  await page.locator('[data-test=comment] textarea, textarea[data-test=comment]').fill(sentence);
  await page.click('[data-test=send-comment]');
  await page.waitForSelector('.comment');

  await page.reload();
  await page.waitForSelector('[data-card], [data-test=title]');
  const found = await call(page, 'GET', '/tasks?limit=50');
  const task = found.body.items.find((t) => t.title === sentence);
  assert.ok(task, `the task is not there: ${JSON.stringify(found.body)}`);
  const whole = await call(page, 'GET', `/tasks/${task.id}`);
  const said = await call(page, 'GET', `/tasks/${task.id}/comments`);
  assert.equal(whole.body.description, sentence);
  assert.deepEqual(
    said.body.items.map((c) => c.text),
    [sentence],
  );
  assert.ok((await page.textContent('body')).includes(sentence), 'the page shows it');
  await shot(page, 'installed');
  assert.deepEqual(faults, []);
  process.stdout.write(JSON.stringify({ task: task.id }));
} finally {
  await browser.close();
}
