import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { shot } from './lib/browser.mjs';
import { call, dialogsGone, eventually, makeProject, world } from './lib/world.mjs';

let w;
let lin;
let made;
let png;
const dir = mkdtempSync(path.join(os.tmpdir(), 'dingban-files-'));
const file = (name, content) => {
  const at = path.join(dir, name);
  writeFileSync(at, content);
  return at;
};
before(async () => {
  w = await world();
  lin = await w.person('lin.xiaowen');
  made = await makeProject(lin.page, 'FILES', ['机房搬迁', '采购服务器', '验收']);
  png = Buffer.from(
    await lin.page.evaluate(() => {
      const c = document.createElement('canvas');
      c.width = 640;
      c.height = 400;
      const g = c.getContext('2d');
      g.fillStyle = '#3f51d9';
      g.fillRect(0, 0, 640, 400);
      g.fillStyle = '#fff';
      g.font = '48px sans-serif';
      g.fillText('DingBan', 200, 210);
      return c.toDataURL('image/png').split(',')[1];
    }),
    'base64',
  );
});
after(() => w.close());

const open = async (page, i) => {
  await page.goto(`/projects/${made.project.id}?task=${made.tasks[i].id}`);
  await page.waitForSelector('[data-test=files]');
};
const names = (page) => page.$$eval('[data-file] .name', (all) => all.map((x) => x.textContent.trim()));
const onServer = async (i) => (await call(lin.page, 'GET', `/tasks/${made.tasks[i].id}/files`)).body.items;
const row = (page, name) => page.locator('[data-file]', { hasText: name });
const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF`;

test('several files at once are attached, shown with what they are, looked at by keyboard and downloaded', async () => {
  const { page } = lin;
  await open(page, 0);
  await page.setInputFiles('[data-test=file-input]', [
    file('说明.txt', '第一行\n第二行：下周一上架。'),
    file('平面图.png', png),
    file('合同.pdf', pdf),
    file('页面.html', '<!DOCTYPE html><script>document.title="bad"</script>'),
  ]);
  await eventually(async () => assert.equal((await names(page)).length, 4), 'attached');
  const kinds = Object.fromEntries((await onServer(0)).map((f) => [f.name, [f.type, f.inline]]));
  assert.deepEqual(kinds, {
    '说明.txt': ['text/plain', true],
    '平面图.png': ['image/png', true],
    '合同.pdf': ['application/pdf', true],
    '页面.html': ['text/html', false],
  });
  await eventually(async () => {
    const width = await row(page, '平面图.png')
      .locator('img')
      .evaluate((i) => i.naturalWidth);
    assert.equal(width, 640);
  }, 'a small picture of it');
  await page.locator('[data-test=files]').scrollIntoViewIfNeeded();
  await shot(page, 'files');
  assert.deepEqual(await violations(page), []);

  // The newest is the first; the arrows lead through all of them.
  const order = await names(page);
  await row(page, order[0]).locator('[data-test=open-file]').click();
  const seen = {};
  for (const [i, name] of order.entries()) {
    await page.waitForFunction((n) => document.querySelector('[data-test=preview-name]')?.textContent === n, name);
    seen[name] = await page.getAttribute('[data-test=preview]', 'data-kind');
    if (name === '平面图.png') {
      await eventually(
        async () => assert.equal(await page.locator('[data-test=preview] img').evaluate((x) => x.naturalWidth), 640),
        'the picture',
      );
      await shot(page, 'file-preview');
      assert.deepEqual(await violations(page), []);
      const before = (await page.locator('[data-test=preview] img').boundingBox()).width;
      await page.click('[data-test=zoom-in]');
      await page.click('[data-test=zoom-in]');
      await eventually(
        async () => assert.ok((await page.locator('[data-test=preview] img').boundingBox()).width > before * 1.2),
        'larger',
      );
      await page.locator('.stage').focus();
    } else if (name === '说明.txt') {
      await eventually(
        async () => assert.match(await page.textContent('[data-test=preview]'), /第二行：下周一上架/),
        'text',
      );
    } else if (name === '合同.pdf') {
      const answer = await page.request.get(await page.getAttribute('[data-test=preview] iframe', 'src'));
      assert.equal(answer.status(), 200);
      assert.match(answer.headers()['content-security-policy'], /frame-ancestors 'self'/);
    }
    if (i < order.length - 1) await page.keyboard.press('ArrowRight');
  }
  assert.deepEqual(seen, { '说明.txt': 'text', '平面图.png': 'image', '合同.pdf': 'pdf', '页面.html': 'none' });
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((n) => document.querySelector('[data-test=preview-name]')?.textContent === n, order[2]);
  await page.locator('.stage').focus();
  await page.keyboard.press('Escape');
  await page.waitForSelector('[data-test=preview]', { state: 'detached' });
  await page.waitForSelector('[data-test=drawer]');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    row(page, '平面图.png').locator('[data-test=download]').click(),
  ]);
  assert.equal(download.suggestedFilename(), '平面图.png');
  assert.deepEqual(readFileSync(await download.path()), png);
});

test('a file is renamed, and deleting it names it and asks', async () => {
  const { page } = lin;
  await row(page, '说明.txt').locator('[data-test=file-more]').click();
  await page.click('[data-choice=rename]');
  await page.fill('input[data-test=file-name], [data-test=file-name] input', 'a/b.txt');
  await page.locator('.el-dialog:visible [data-test=confirm]').click();
  await eventually(
    async () => assert.match(await page.textContent('.el-dialog:visible'), /不能包含/),
    'refused in words',
  );
  await page.fill('input[data-test=file-name], [data-test=file-name] input', '施工说明.txt');
  await page.locator('.el-dialog:visible [data-test=confirm]').click();
  await eventually(async () => assert.ok((await names(page)).includes('施工说明.txt')), 'renamed');
  await dialogsGone(page);
  await row(page, '页面.html').locator('[data-test=file-more]').click();
  await page.click('[data-choice=delete]');
  await page.waitForSelector('.el-dialog:visible >> text=页面.html');
  await page.locator('.el-dialog:visible [data-test=confirm]').click();
  await eventually(async () => assert.equal((await names(page)).length, 3), 'gone');
  assert.equal((await onServer(0)).length, 3);
  await dialogsGone(page);
  await page.click('[data-test=tab-history]');
  await eventually(
    async () => assert.match(await page.textContent('#panel-history'), /重命名了附件/),
    'in the history',
  );
});

test('a broken line is tried again, a pause stops, and after a reload the same file goes on', async () => {
  const { page } = lin;
  await open(page, 1);
  const content = randomBytes(5 << 20);
  const big = file('录像.bin', content);
  let sent = 0;
  let lost = 0;
  const offsets = [];
  await page.route('**/api/v1/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback();
    sent += 1;
    if (sent === 2) {
      lost += 1;
      return route.abort('connectionreset');
    }
    // From here on nothing gets through, until the page comes back.
    if (sent > 3) return route.abort('connectionreset');
    offsets.push(route.request().headers()['upload-offset']);
    return route.fallback();
  });
  await page.setInputFiles('[data-test=file-input]', big);
  await eventually(() => assert.ok(sent > 3), 'lost the line twice');
  assert.equal(lost, 1);
  await page.click('[data-test=pause]');
  await page.waitForSelector('[data-test=go-on]');
  await shot(page, 'file-paused');
  assert.deepEqual(await violations(page), []);
  const [half] = (await call(page, 'GET', `/tasks/${made.tasks[1].id}/uploads`)).body.items;
  assert.ok(half.received > 0 && half.received < content.length, String(half.received));
  await page.unroute('**/api/v1/uploads/*');

  await page.reload();
  await page.waitForSelector('[data-test=again]');
  assert.match(await page.textContent('[data-sending="录像.bin"]'), /没有传完/);
  await page.route('**/api/v1/uploads/*', (route) => {
    if (route.request().method() === 'PATCH') offsets.push(route.request().headers()['upload-offset']);
    return route.fallback();
  });
  await page.setInputFiles('[data-test=file-input]', big);
  await eventually(async () => assert.deepEqual(await names(page), ['录像.bin']), 'complete');
  await page.unroute('**/api/v1/uploads/*');
  assert.equal(offsets.filter((o) => o === '0').length, 1, `nothing is sent twice: ${offsets}`);
  const [whole] = await onServer(1);
  assert.equal(whole.id, half.id);
  const answer = await page.request.get(`/api/v1/files/${whole.id}/content`);
  assert.deepEqual(Buffer.compare(await answer.body(), content), 0);
  assert.equal(await page.locator('[data-sending]').count(), 0);
});

test('files are dropped on the task and screenshots pasted, and a file that is too large is refused in words', async () => {
  const { page } = lin;
  await open(page, 2);
  const give = (kind, list) =>
    page.evaluate(
      ([k, all]) => {
        const data = new DataTransfer();
        for (const [name, type, base64] of all) {
          data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
        }
        const drawer = document.querySelector('[data-test=drawer]');
        if (k === 'paste')
          document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        else drawer.dispatchEvent(new DragEvent(k, { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      [kind, list],
    );
  await give('dragover', [['x.txt', 'text/plain', 'eA==']]);
  await page.waitForSelector('.target');
  await shot(page, 'file-drop');
  await give('drop', [['拖来的.txt', 'text/plain', 'eA==']]);
  await page.waitForSelector('.target', { state: 'detached' });
  await give('paste', [['image.png', 'image/png', png.toString('base64')]]);
  await eventually(async () => {
    const all = await names(page);
    assert.equal(all.length, 2);
    assert.ok(all.includes('拖来的.txt') && all.some((n) => /^截图 \d{8}-\d{6}\.png$/.test(n)), all.join());
  }, 'both');
  // 2 GiB of it do not exist, only its size is told.
  await page.evaluate(() => {
    const data = new DataTransfer();
    const huge = new File(['x'], '太大.iso');
    Object.defineProperty(huge, 'size', { value: 2 ** 31 + 1 });
    data.items.add(huge);
    const list = [huge];
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files: list } });
    document.querySelector('[data-test=drawer]').dispatchEvent(event);
  });
  await eventually(
    async () => assert.match(await page.textContent('[data-sending="太大.iso"]'), /不能超过 2 GiB/),
    'refused in words',
  );
  await page.click('[data-sending="太大.iso"] [data-test=cancel-upload]');
  await page.waitForSelector('[data-sending]', { state: 'detached' });
});

test('somebody who may only look sees and downloads, at the width of a phone, and changes nothing', async () => {
  const chen = await w.person('chen.haoran', { viewport: { width: 390, height: 844 } });
  const { page } = chen;
  await open(page, 0);
  await page.waitForSelector('[data-file]');
  await page.locator('[data-test=files]').scrollIntoViewIfNeeded();
  assert.equal(await page.locator('[data-test=add-file]').count(), 0);
  assert.equal(await page.locator('[data-test=file-more]').count(), 0);
  await shot(page, 'files-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
  assert.deepEqual(await violations(page), []);
  await row(page, '平面图.png').locator('[data-test=open-file]').click();
  await page.waitForSelector('[data-test=preview] img');
  await shot(page, 'file-preview-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
  await page.click('[data-test=close-preview]');
  const id = (await call(page, 'GET', `/tasks/${made.tasks[0].id}/files`)).body.items[0].id;
  assert.equal((await call(page, 'DELETE', `/files/${id}`)).status, 403);
  assert.equal((await call(page, 'POST', `/tasks/${made.tasks[0].id}/files`, { name: 'x', size: 1 })).status, 403);
});

test('nothing went wrong in any page', () => assert.deepEqual(w.faults(), []));
