import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { setUp, shot } from './lib/browser.mjs';
import { call, eventually, makeProject, world } from './lib/world.mjs';

let w;
let admin;
let lin;
let smtp;
before(async () => {
  w = await world();
  admin = await w.stranger();
  await setUp(admin.page, w.server.passwords.get('admin'));
  lin = await w.person('lin.xiaowen');
  smtp = await mailServer();
});
after(async () => {
  await w.close();
  smtp.close();
});

/** A mail server that keeps what it is given, without encryption, as one inside of a house may be. */
async function mailServer() {
  const mails = [];
  const server = net.createServer((socket) => {
    let data = null;
    let rest = '';
    socket.on('error', () => {});
    socket.write('220 ready\r\n');
    socket.on('data', (chunk) => {
      rest += chunk;
      for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        if (data !== null) {
          if (line === '.') {
            mails.push(data);
            data = null;
            socket.write('250 taken\r\n');
          } else data += line + '\n';
        } else if (/^DATA/i.test(line)) {
          data = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { mails, port: server.address().port, close: () => server.close() };
}

test('the administrator sets up mail, and a test tells what the server said', async () => {
  const { page } = admin;
  const me = (await call(page, 'GET', '/session')).body.person;
  const { version } = (await call(page, 'GET', `/people/${me.id}`)).body;
  const changed = await call(page, 'PATCH', `/people/${me.id}`, { version, email: 'admin@example.cn' });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  await page.goto('/channels');
  await page.waitForSelector('[data-test=mail-form]');
  await page.click('[data-test=mail-save]');
  await page.waitForSelector('[data-test=mail-form] [role=alert]');
  await page.fill('[data-test=mail-host]', '127.0.0.1');
  await page.fill('[data-test=mail-port]', '1');
  await page.selectOption('[data-test=mail-security]', 'none');
  await page.fill('[data-test=mail-from]', 'dingban@example.cn');
  await page.check('[data-test=mail-enabled]');
  await page.click('[data-test=mail-save]');
  await page.waitForSelector('[data-test=mail-test]:not([disabled])');
  await page.click('[data-test=mail-test]');
  await page.waitForSelector('[data-test=mail-tested] .bad');
  assert.match(await page.textContent('[data-test=mail-tested]'), /connect/);
  await page.fill('[data-test=mail-port]', String(smtp.port));
  await page.click('[data-test=mail-save]');
  await eventually(async () => assert.equal((await call(page, 'GET', '/channels/mail')).body.version, 2), 'saved');
  await page.click('[data-test=mail-test]');
  await page.waitForSelector('[data-test=mail-tested] .good');
  assert.equal(smtp.mails.length, 1);
  await shot(page, 'channels');
  assert.deepEqual(await violations(page), []);
});

test('a person chooses where they hear of what, and mail comes so', async () => {
  const { page } = lin;
  await page.goto('/account');
  await page.waitForSelector('[data-test=notify-preferences] form');
  await page.check('[data-test=inApp-assigned]');
  await page.uncheck('[data-test=mail-mentioned]');
  await page.check('[data-test=quiet]');
  await page.fill('[data-test=quiet-from]', '23:00');
  await page.selectOption('[data-test=digest]', 'daily');
  await page.fill('[data-test=digest-at]', '08:30');
  await page.click('[data-test=save-preferences]');
  await eventually(async () => {
    const p = (await call(page, 'GET', '/notifications/preferences')).body;
    assert.deepEqual([p.quiet, p.quietFrom, p.digest, p.digestAt], [true, 1380, 'daily', 510]);
    assert.equal(p.kinds.find((k) => k.kind === 'mentioned').mail, false);
  }, 'saved');
  await page.locator('[data-test=notify-preferences]').scrollIntoViewIfNeeded();
  await shot(page, 'notify-preferences');
  assert.deepEqual(await violations(page), []);
  await page.uncheck('[data-test=quiet]');
  await page.click('[data-test=save-preferences]');
  await eventually(
    async () => assert.equal((await call(page, 'GET', '/notifications/preferences')).body.quiet, false),
    'quiet no more',
  );
  const made = await makeProject(page, 'MAILED', ['要邮件提醒的事']);
  const me = (await call(page, 'GET', '/session')).body.person;
  const { version } = (await call(admin.page, 'GET', `/people/${me.id}`)).body;
  await call(admin.page, 'PATCH', `/people/${me.id}`, { version, email: 'lin@example.cn' });
  const set = await call(page, 'POST', `/tasks/${made.tasks[0].id}/reminders`, {
    anchor: 'time',
    at: Date.now() + 500,
  });
  assert.equal(set.status, 201, JSON.stringify(set.body));
  await eventually(async () => assert.equal(smtp.mails.length, 2), 'mailed', 25_000);
  assert.match(smtp.mails[1], /To: .*<lin@example\.cn>/);
});

test('on a phone', async () => {
  const phone = await w.person('lin.xiaowen', { viewport: { width: 390, height: 844 } });
  await phone.page.goto('/account');
  await phone.page.waitForSelector('[data-test=notify-preferences] form');
  await phone.page.locator('[data-test=notify-preferences]').scrollIntoViewIfNeeded();
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `${wide}`);
  await shot(phone.page, 'notify-phone');
  assert.deepEqual(await violations(phone.page), []);
  assert.deepEqual(w.faults(), []);
});
