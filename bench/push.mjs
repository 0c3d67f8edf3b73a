/**
 * `npm run bench [users]`: how long pushes take, through HTTP, on a server with an empty database of its own.
 * Reports, never judges. `DB_*` variables choose another database than SQLite; it has to be empty.
 * `MEMORY=1` says how much lives in memory at most, too; it collects garbage all the time, so times say nothing then.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilReady } from '../host/ready.cjs';

const USERS = Number(process.argv[2] ?? 10_000);
const DEPARTMENTS = 100;
const root = fileURLToPath(new URL('..', import.meta.url));
const storage = mkdtempSync(path.join(tmpdir(), 'user-data-sync-bench-'));
const port = Number(process.env.APP_PORT ?? 13900);
const memoryPort = process.env.MEMORY ? port + 1 : undefined;
const monitor = memoryPort ? ['--expose-gc', '-r', './bench/memory-monitor.cjs'] : [];
const server = spawn(process.execPath, [...monitor, '-r', './host/threads.cjs', 'host/start.mjs'], {
  cwd: root,
  env: {
    // Room for 200,000 users in one body.
    REQUEST_BODY_LIMIT: '50mb',
    ...process.env,
    APP_PORT: String(port),
    MEMORY_PORT: String(memoryPort),
    STORAGE_PATH: storage,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});

try {
  const failure = () => server.exitCode !== null && new Error(`The server ended with ${server.exitCode}`);
  await untilReady(`http://127.0.0.1:${port}`, { failure });
  if (memoryPort) console.log(`idle${await livedInMemory()}`);
  const departments = range(DEPARTMENTS, (index) => ({ uid: `d${index}`, title: `Department ${index}` }));
  const users = range(USERS, (index) => ({
    uid: `u${index}`,
    nickname: `Person ${index}`,
    username: `person${index}`,
    email: `person${index}@example.com`,
    phone: `+1${String(index).padStart(9, '0')}`,
    departments: [`d${index % DEPARTMENTS}`],
  }));
  await push(`${DEPARTMENTS} departments, new`, { dataType: 'department', records: departments });
  await push(`${USERS} users, new`, { dataType: 'user', records: users });
  await push(`${USERS} users, unchanged`, { dataType: 'user', records: users });
  const renamed = users.map((user) => ({ ...user, nickname: `${user.nickname} II` }));
  await push(`${USERS} users, nickname changed`, { dataType: 'user', records: renamed });
  const moved = renamed.map((user, index) => ({ ...user, departments: [`d${(index + 1) % DEPARTMENTS}`] }));
  await push(`${USERS} users, other department`, { dataType: 'user', records: moved });
  const shifted = moved.map((user, index) => ({ ...user, email: `person${index + 1}@example.com` }));
  await push(`${USERS} users, e-mails shifted by one`, { dataType: 'user', records: shifted });
  await push(`${USERS} users, dry run of that back`, { dataType: 'user', records: moved, dryRun: true });
  await push(`${USERS} users, back`, { dataType: 'user', records: moved });
  // Everybody but one goes: the safeguard would hold that.
  // All of them twice within the hours that the safeguard looks back.
  const limits = { users: { count: 2 * USERS, percent: 100 } };
  await decide({ limits });
  const gone = { dataType: 'user', mode: 'full', records: moved.slice(0, 1) };
  await push(`${USERS} users, full, preview of removal`, { ...gone, dryRun: true });
  await push(`${USERS} users, full, missing: disabled`, gone);
  await push(`${USERS} users, full, back: enabled`, { dataType: 'user', mode: 'full', records: moved });
  await decide({ limits, removal: { users: 'delete' } });
  await push(`${USERS} users, isDeleted: deleted`, {
    dataType: 'user',
    records: moved.map(({ uid }) => ({ uid, isDeleted: true })),
  });
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(storage, { recursive: true, force: true });
}

async function push(label, body) {
  const key = readFileSync(path.join(storage, 'demo-api-key'), 'utf8').trim();
  const start = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/api/userData:push`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const memory = await livedInMemory();
  if (!response.ok) throw new Error(`${label}: ${JSON.stringify(answer.errors)}`);
  const counts = answer.data.result.map(({ resource, detail }) => `${resource} ${nonZero(detail.count)}`).join(' | ');
  console.log(`${label.padEnd(42)} ${seconds.padStart(7)} s${memory}   ${counts}`);
}

/** The most since the last call, as text; nothing when memory is not looked at. */
async function livedInMemory() {
  if (!memoryPort) return '';
  const bytes = Number(await (await fetch(`http://127.0.0.1:${memoryPort}`)).text());
  return `${(bytes / 1024 / 1024).toFixed(0).padStart(6)} MB`;
}

/** Sets the rules of the source that is pushed to, as the administrator of a fresh start. */
async function decide(rules) {
  const call = async (action, body, headers) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${action}: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  };
  const account = process.env.INIT_ROOT_EMAIL ?? 'admin@nocobase.com';
  const password = process.env.INIT_ROOT_PASSWORD ?? 'admin123';
  const { token } = await call('auth:signIn', { account, password }, { 'X-Authenticator': 'basic' });
  // Rules are replaced as a whole, and the demo key pushes only where its role is named.
  const push = { roles: ['user-data-pusher'] };
  await call(
    'userDataSyncSources:update?filterByTk=1',
    { rules: { ...rules, push } },
    { Authorization: `Bearer ${token}` },
  );
}

function nonZero(count) {
  return Object.entries(count)
    .filter(([name, value]) => value > 0 && name !== 'all' && name !== 'success')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function range(length, make) {
  return Array.from({ length }, (_, index) => make(index));
}
