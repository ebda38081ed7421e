// Builds the binary once and runs every spec against servers of their own. `node e2e/run.mjs board` runs one.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { install85 } from './lib/chromium85.mjs';
import { binary, web } from './lib/server.mjs';

const wanted = process.argv.slice(2);
const specs = readdirSync(path.join(web, 'e2e'))
  .filter((name) => name.endsWith('.spec.mjs') && (wanted.length === 0 || wanted.some((w) => name.startsWith(w))))
  .map((name) => path.join('e2e', name));
const env = { ...process.env, E2E_BINARY: binary() };
// The one thing that needs the outside comes before the door is shut.
if (specs.some((name) => name.includes('old'))) install85();

// A browser drops whatever it is loading when a network interface of the machine comes or goes, and containers of other
// jobs do that all the time. So the specs get a network of their own, with one link that makes it look connected.
const link = [
  'ip link set lo up',
  'ip link add e2e0 type veth peer name e2e1',
  // An address that the link gives itself a moment later would be one more change.
  'ip link set e2e0 addrgenmode none',
  'ip link set e2e1 addrgenmode none',
  'ip addr add 192.0.2.1/24 dev e2e0',
  'ip link set e2e0 up',
  'ip link set e2e1 up',
  'exec "$@"',
].join(' && ');
const alone = ['unshare', process.getuid() === 0 ? '--net' : '--map-root-user', '--net', 'sh', '-c', link, 'sh'];
const allowed = spawnSync(alone[0], [...alone.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
if (!allowed) console.log('no network of its own here: interfaces that come and go may disturb the browser');

const command = [
  ...(allowed ? alone : []),
  process.execPath,
  '--test',
  '--test-concurrency=2',
  '--test-timeout=600000',
  '--test-reporter=spec',
  ...specs,
];
const run = spawnSync(command[0], command.slice(1), { cwd: web, stdio: 'inherit', env });
process.exit(run.status ?? 1);
