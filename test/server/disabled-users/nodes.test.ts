import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';
import { PubSubBus } from '../../support/pub-sub-bus';

const CHANNEL = /\.sync\.nocobase-plugin-user-data-sync$/;

let bus: PubSubBus;
let here: TestApp;
let there: TestApp;
let root: Caller;

beforeAll(async () => {
  bus = new PubSubBus();
  here = await TestApp.start({ bus });
  there = await TestApp.start({ nodeOf: here, bus });
  root = new Caller(here, await here.adminToken());
});
afterAll(async () => {
  await there?.stop();
  await here?.stop();
});

/** Waits until a node has heard of what another one dropped. */
const heard = (node: TestApp) =>
  new Promise<void>((resolve) => {
    const receive = node.plugin.handleSyncMessage.bind(node.plugin);
    jest.spyOn(node.plugin, 'handleSyncMessage').mockImplementationOnce(async (message) => {
      await receive(message);
      resolve();
    });
  });

describe('with two nodes', () => {
  let id: number;
  let onOtherNode: Caller;

  beforeAll(async () => {
    const account = { username: 'on-both', password: 'long enough 1' };
    const created = await root.post('/api/users:create', account);
    id = (created.body as { data: { id: number } }).data.id;
    const signedIn = await new Caller(there).post(
      '/api/auth:signIn',
      { account: account.username, password: account.password },
      { 'X-Authenticator': 'basic' },
    );
    onOtherNode = new Caller(there, (signedIn.body as { data: { token: string } }).data.token);
  });

  it('a user who is disabled on one is out of the other, which remembered them, and back in when enabled', async () => {
    const check = () => onOtherNode.get('/api/auth:check');
    expect((await check()).status).toBe(200);
    expect(await there.app.cache.get(`auth:${id}`)).toMatchObject({ username: 'on-both' });

    const disabled = heard(there);
    expect((await root.post('/api/userData:disableUser', { userId: id })).status).toBe(200);
    await disabled;
    const answer = await check();
    expect([answer.status, errorOf(answer).code]).toEqual([401, 'USER_DISABLED']);

    const enabled = heard(there);
    expect((await root.post('/api/userData:enableUser', { userId: id })).status).toBe(200);
    await enabled;
    expect((await check()).status).toBe(200);
  });

  it('what a push changes is dropped on the other', async () => {
    const push = (nickname: string) =>
      root.push({ dataType: 'user', matchKey: 'username', records: [{ uid: 'both', username: 'on-both', nickname }] });
    await push('Before');
    expect((await onOtherNode.get('/api/auth:check')).status).toBe(200);
    const forgotten = heard(there);
    await push('After');
    await forgotten;
    const answer = await onOtherNode.get('/api/auth:check');
    expect(answer.body).toMatchObject({ data: { nickname: 'After' } });
  });

  it('many entries are told in messages that a bus can carry', async () => {
    bus.published.length = 0;
    const records = Array.from({ length: 900 }, (_, index) => ({ uid: `many-${index}`, username: `many-${index}` }));
    await root.push({ dataType: 'user', records });
    await root.push({ dataType: 'user', records: records.map((record) => ({ ...record, nickname: 'Changed' })) });
    const told = bus.published.filter(({ channel }) => CHANNEL.test(channel));
    expect(told.length).toBeGreaterThan(5);
    expect(Math.max(...told.map(({ message }) => message.length))).toBeLessThan(8000);
    const keys = new Set(
      told.flatMap(({ message }) => (JSON.parse(message) as { message: { keys: string[] } }).message.keys),
    );
    const users = await here.rows<{ id: number }>('users', { where: { nickname: 'Changed' } });
    expect(users).toHaveLength(900);
    expect(users.filter((user) => !keys.has(`auth:${user.id}`))).toEqual([]);
  });

  it.each([
    undefined,
    null,
    'forget',
    {},
    { type: 'forget' },
    { type: 'forget', keys: [1] },
    { type: 'other', keys: ['x'] },
  ])('a message that is not understood is left alone: %j', async (message) => {
    const del = jest.spyOn(there.app.cache, 'mdel');
    await there.plugin.handleSyncMessage(message);
    expect(del).not.toHaveBeenCalled();
    del.mockRestore();
  });
});
