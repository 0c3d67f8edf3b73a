import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { errorStatus } from '../../../src/server/errors';
import { TestApp } from '../../support/app';
import { requests, type FuzzRequest } from '../../support/fuzz/requests';
import { Caller } from '../../support/http';
import { checkInvariants } from '../../support/model/invariants';
import { takeSnapshot } from '../../support/model/snapshot';

/*
 * Random requests of those who may do least: a key that may only push, and a role with nothing but the permission for
 * the page. A request that fails is cut down to what it takes, and printed.
 *
 *   FUZZ_RUNS=10000   so many requests instead of a few
 *   FUZZ_SEED=…       the requests of a run that failed
 */
const numRuns = Number(process.env.FUZZ_RUNS ?? 150);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

// Sequelize takes a stack for each statement. Few requests, repeated with their seed, show those of their errors.
if (numRuns > 1000) Error.stackTraceLimit = 0;

/** In ms: a request that takes long, and how long a failing one may be cut down. */
const PATIENCE_PER_RUN = 1000;
const PATIENCE_TO_SHRINK = 120_000;

/** Codes of refusals by the host itself, before the plugin is asked. */
const HOST_STATUS = [401, 404];

let host: TestApp;
let server: Server;
let tokens: Record<FuzzRequest['as'], string>;

beforeAll(async () => {
  host = await TestApp.start();
  const admin = new Caller(host, await host.adminToken());
  await admin.post('/api/roles:create', { name: 'operator', title: 'Operator', snippets: ['pm.user-data-sync'] });
  await admin.post('/api/roles/operator/users:add', [1]);
  const key = { name: 'operator', expiresIn: 'never', role: { name: 'operator' } };
  const made = await admin.post('/api/apiKeys:create', key);
  tokens = { pusher: await host.pushKey(), operator: (made.body as { data: { token: string } }).data.token };
  // One server for all: supertest would open another one for each request.
  server = createServer(host.app.callback()).listen(0, '127.0.0.1');
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await host?.stop();
});

async function send({ as, method, path, type, body }: FuzzRequest): Promise<{ status: number; text: string }> {
  const { port } = server.address() as AddressInfo;
  const headers = { Authorization: `Bearer ${tokens[as]}`, ...(type === '' ? {} : { 'Content-Type': type }) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    ...(method === 'POST' ? { body } : {}),
  });
  return { status: response.status, text: await response.text() };
}

/** An answer has the form that is documented: errors with codes, or data; or it is a file. */
function checkForm(path: string, { status, text }: { status: number; text: string }): void {
  if (status >= 500) throw new Error(`${path} answered ${status}: ${text.slice(0, 500)}`);
  if (text.length > 1_000_000) throw new Error(`${path} answered with ${text.length} characters`);
  if (status < 300) {
    if (/Outcomes|Payload/.test(path) || 'data' in (JSON.parse(text) as object)) return;
  } else {
    const { errors } = readErrors(text);
    const isKnown = errors.length > 0 && errors.every(({ code }) => typeof code === 'string' && code in errorStatus);
    if (isKnown || HOST_STATUS.includes(status)) return;
  }
  throw new Error(`${path} answered ${status} in another form: ${text.slice(0, 500)}`);
}

function readErrors(text: string): { errors: { code?: unknown }[] } {
  try {
    return { errors: [], ...(JSON.parse(text) as object) };
  } catch {
    return { errors: [] };
  }
}

const rootRows = async () => ({
  user: await host.rows('users', { where: { id: 1 } }),
  roles: await host.rows('rolesUsers', { where: { userId: 1 } }),
  disabled: await host.rows('userDataSyncDisabledUsers', { where: { userId: 1 } }),
});

it(
  `whatever is sent is answered, and nothing is out of order after it (FUZZ_RUNS=${numRuns} FUZZ_SEED=${seed})`,
  async () => {
    const root = await rootRows();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const answer = await send(request);
        await host.plugin.syncService.whenIdle();
        checkForm(request.path, answer);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }),
      { numRuns, seed, interruptAfterTimeLimit: numRuns * PATIENCE_PER_RUN + PATIENCE_TO_SHRINK },
    );
    checkInvariants(await takeSnapshot(host));
    expect(await rootRows()).toEqual(root);
    // Otherwise everything would be refused for a reason that says nothing about what was sent.
    const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    expect(answered).toBe(numRuns);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(answered / 30);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(answered / 30);
    const stuck = await host.rows('userDataSyncTasks', { where: { status: ['init', 'processing'] } });
    expect(stuck).toEqual([]);
  },
  numRuns * PATIENCE_PER_RUN + 2 * PATIENCE_TO_SHRINK,
);
