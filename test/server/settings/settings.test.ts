import { DEFAULT_SETTINGS } from '../../../src/common/settings';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';

let host: TestApp;
let admin: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
});
afterAll(() => host?.stop());

const read = async () => (await admin.get('/api/userData:settings')).body as unknown;
const update = (body: unknown) => admin.post('/api/userData:updateSettings', body);

it('settings have defaults until somebody changes them', async () => {
  expect(await read()).toEqual({ data: DEFAULT_SETTINGS });
  expect(await host.rows('userDataSyncSettings')).toEqual([]);
});

it('settings are changed as a whole or one by one, in one row', async () => {
  const settings = {
    outcomeDays: 1,
    taskDays: 36_500,
    userLimit: 10_000_000,
    removalWindowHours: 720,
    heldDays: 365,
  };
  expect((await update(settings)).body).toEqual({ data: settings });
  expect(await read()).toEqual({ data: settings });
  expect((await update({ userLimit: null })).body).toEqual({ data: { ...settings, userLimit: null } });
  expect((await update({ outcomeDays: 30 })).body).toEqual({ data: { ...settings, userLimit: null, outcomeDays: 30 } });
  expect(await read()).toEqual({ data: { ...settings, outcomeDays: 30, userLimit: null } });
  expect(await host.rows('userDataSyncSettings')).toHaveLength(1);
});

const DAYS = 'expected a whole number from 1 to 36500.';
const USERS = 'expected a whole number from 1 to 10000000, or null for no limit.';
it.each<[unknown, string]>([
  [[], 'body: expected an object.'],
  [[{ outcomeDays: 5 }], 'body: expected an object.'],
  [{ outcomeDays: 400, taskDays: 30 }, 'outcomeDays: expected a whole number from 1 to 30.'],
  [{ outcomeDays: 0 }, `outcomeDays: ${DAYS}`],
  [{ outcomeDays: 36_501 }, `outcomeDays: ${DAYS}`],
  [{ outcomeDays: 1.5 }, `outcomeDays: ${DAYS}`],
  [{ outcomeDays: '30' }, `outcomeDays: ${DAYS}`],
  [{ outcomeDays: null }, `outcomeDays: ${DAYS}`],
  [{ taskDays: -1 }, `taskDays: ${DAYS}`],
  [{ taskDays: { $gt: 1 } }, `taskDays: ${DAYS}`],
  [{ userLimit: 0 }, `userLimit: ${USERS}`],
  [{ userLimit: 10_000_001 }, `userLimit: ${USERS}`],
  [{ userLimit: '' }, `userLimit: ${USERS}`],
  [{ outcomeDays: 5, id: 7 }, 'id: expected one of outcomeDays, taskDays, userLimit, removalWindowHours, heldDays.'],
  [{ removalWindowHours: 0 }, 'removalWindowHours: expected a whole number from 1 to 720.'],
  [{ removalWindowHours: 721 }, 'removalWindowHours: expected a whole number from 1 to 720.'],
  [{ heldDays: null }, 'heldDays: expected a whole number from 1 to 365.'],
  [{ heldDays: 366 }, 'heldDays: expected a whole number from 1 to 365.'],
])('%j is refused, and nothing is changed', async (body, message) => {
  const before = await read();
  const answer = await update(body);
  expect([answer.status, errorOf(answer)]).toEqual([
    400,
    { code: 'INVALID_REQUEST', message: `${message} Nothing was written.` },
  ]);
  expect(await read()).toEqual(before);
});

it('a body that is no JSON is refused', async () => {
  const answer = await admin.postText(
    '/api/userData:updateSettings',
    'outcomeDays=5',
    'application/x-www-form-urlencoded',
  );
  expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
});

it('opening a link changes nothing', async () => {
  const before = await read();
  const answer = await admin.get('/api/userData:updateSettings?outcomeDays=5');
  expect([answer.status, errorOf(answer).code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
  expect(await read()).toEqual(before);
});

it('nobody else reads or changes them', async () => {
  const pusher = new Caller(host, await host.pushKey());
  const before = await read();
  for (const [caller, status] of [
    [pusher, 403],
    [new Caller(host), 401],
  ] as const) {
    expect((await caller.get('/api/userData:settings')).status).toBe(status);
    expect((await caller.post('/api/userData:updateSettings', { outcomeDays: 5 })).status).toBe(status);
  }
  expect(await read()).toEqual(before);
});
