/**
 * `node bench/event-loop.mjs [name]`: how long requests of the worst kinds hold the event loop, on a server with an
 * empty database of its own. Reports, never judges. Build first (`npm run build`).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const only = process.argv[2];
const root = fileURLToPath(new URL('..', import.meta.url));
const storage = mkdtempSync(path.join(tmpdir(), 'user-data-sync-bench-'));
const port = Number(process.env.APP_PORT ?? 13910);
const loopPort = port + 1;
const server = spawn(
  process.execPath,
  ['--require', path.join(root, 'bench/loop-monitor.cjs'), path.join(root, 'host/start.mjs')],
  {
    cwd: root,
    env: { ...process.env, APP_PORT: String(port), LOOP_PORT: String(loopPort), STORAGE_PATH: storage },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);

const text = (value) => JSON.stringify(value);
const users = (count, more) =>
  range(count, (index) => ({
    uid: `u${index}`,
    nickname: `Person ${index}`,
    username: `person${index}`,
    email: `person${index}@example.com`,
    ...more?.(index),
  }));
const departments = (count, parentOf = () => null) =>
  range(count, (index) => ({ uid: `d${index}`, title: `Department ${index}`, parentUid: parentOf(index) }));
const fields = (count, prefix = 'f') => Object.fromEntries(range(count, (index) => [`${prefix}${index}`, 1]));

/** Names, and bodies that are sent one after the other. */
const CASES = {
  empties: [`{"dataType":"user","records":[${Array(3_000_000).fill('{}').join(',')}]}`],
  'wide record': [() => text({ dataType: 'user', records: [{ uid: 'w', ...fields(850_000) }] })],
  'wide records': [
    () =>
      text({
        dataType: 'user',
        sourceName: 'wide',
        records: range(1500, (index) => ({ uid: `w${index}`, ...fields(490, `x${index}_`) })),
      }),
  ],
  'new users': [() => text({ dataType: 'user', records: users(Number(process.env.USERS ?? 80_000)) })],
  'unchanged users': [() => text({ dataType: 'user', records: users(Number(process.env.USERS ?? 80_000)) })],
  'full unchanged': [
    () => text({ dataType: 'user', mode: 'full', records: users(Number(process.env.USERS ?? 80_000)) }),
  ],
  'dry run': [() => text({ dataType: 'user', dryRun: true, records: users(Number(process.env.USERS ?? 80_000)) })],
  'bad users': [
    () => text({ dataType: 'user', sourceName: 'bad', records: range(99_999, () => ({ nickname: 'Nobody' })) }),
  ],
  circle: [
    () =>
      text({
        dataType: 'department',
        sourceName: 'circle',
        records: departments(2000, (index) => `d${(index + 1) % 2000}`),
      }),
  ],
  'large circle': [
    () =>
      text({
        dataType: 'department',
        sourceName: 'circle',
        records: departments(90_000, (index) => `d${(index + 1) % 90_000}`),
      }),
  ],
  'deep chain': [
    () =>
      text({
        dataType: 'department',
        sourceName: 'chain',
        records: departments(20_000, (index) => (index === 0 ? null : `d${index - 1}`)),
      }),
  ],
  'many departments': [
    () => text({ dataType: 'department', sourceName: 'busy', records: departments(1000) }),
    ...range(
      3,
      (part) => () =>
        text({
          dataType: 'user',
          sourceName: 'busy',
          records: range(7000, (index) => ({
            uid: `m${part * 7000 + index}`,
            departments: range(50, (place) => `d${(index + place * 20) % 1000}`),
          })),
        }),
    ),
  ],
  'unknown departments': [
    () =>
      text({
        dataType: 'user',
        sourceName: 'waiting',
        records: range(7000, (index) => ({
          uid: `n${index}`,
          departments: range(50, (place) => `later${index * 50 + place}`),
        })),
      }),
  ],
};

/** The administrator's, because each case has a source of its own. */
let token;
try {
  await ready();
  token = await signIn();
  await loop();
  for (const [name, bodies] of Object.entries(CASES)) {
    if (only && !name.startsWith(only)) continue;
    for (const body of bodies) await send(name, typeof body === 'function' ? body() : body);
  }
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(storage, { recursive: true, force: true });
}

async function send(name, body) {
  const start = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/api/userData:push`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', connection: 'close' },
    body,
  });
  const answer = await response.text();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const told = await loop();
  const longest = told.longest
    .map(({ ms, cpu, parse }) => `${ms} (CPU ${cpu}${parse > 20 ? `, JSON ${parse}` : ''})`)
    .join(', ');
  const mb = (length) => `${(length / 1e6).toFixed(1)} MB`;
  console.log(
    `${name.padEnd(20)} ${mb(body.length)} → ${response.status} ${mb(answer.length)} in ${seconds} s; longest holds in ms: ${longest || '–'} (${told.count} in all, max ${told.max})`,
  );
  if (!response.ok) console.log(`    ${answer.slice(0, 200)}`);
}

async function signIn() {
  const account = process.env.INIT_ROOT_EMAIL ?? 'admin@nocobase.com';
  const password = process.env.INIT_ROOT_PASSWORD ?? 'admin123';
  const response = await fetch(`http://127.0.0.1:${port}/api/auth:signIn`, {
    method: 'POST',
    headers: { 'X-Authenticator': 'basic', 'Content-Type': 'application/json', connection: 'close' },
    body: text({ account, password }),
  });
  return (await response.json()).data.token;
}

async function loop() {
  return (await fetch(`http://127.0.0.1:${loopPort}`, { headers: { connection: 'close' } })).json();
}

/** The server prints its address and the curl line last. */
function ready() {
  return new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => String(chunk).includes('Stop with Ctrl+C') && resolve());
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });
}

function range(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}
