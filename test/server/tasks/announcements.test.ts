import { SyncSource, type PulledData } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller, type PushBody } from '../../support/http';

interface Announcement {
  userId: number;
  message: { type: string; payload: { taskId: string; status: string } };
}

describe('a run that somebody started', () => {
  let host: TestApp;
  let admin: Caller;
  let heard: Announcement[] = [];
  /** What the source delivers: part by part, and how much time each part takes, in ms. */
  let parts: number[] = [];
  let isBroken = false;
  let clock = 0;

  class TimedSource extends SyncSource {
    async *pull(): AsyncGenerator<PulledData> {
      for (const [index, duration] of parts.entries()) {
        clock += duration;
        yield { dataType: 'user', records: [{ uid: `${parts.length}-${index}` }] };
      }
      if (isBroken) throw new Error('unreachable');
    }
  }

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    host.plugin.sourceManager.registerType('timed', { syncSource: TimedSource });
    await admin.post('/api/userDataSyncSources:create', { name: 'timed', sourceType: 'timed', enabled: true });
    host.app.on('ws:sendToUser', (announcement: Announcement) => void heard.push(announcement));
  });
  afterAll(() => host?.stop());
  beforeEach(() => {
    heard = [];
    parts = [0];
    isBroken = false;
    clock = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => clock);
  });
  afterEach(() => jest.restoreAllMocks());

  const sync = async () => {
    const started = await admin.post('/api/userData:pull', { name: 'timed' });
    await host.plugin.syncService.whenIdle();
    return (started.body as { data: { taskId: number } }).data.taskId;
  };
  const statuses = () => heard.map(({ message }) => message.payload.status);

  it('tells that user when it has ended', async () => {
    const taskId = await sync();
    const payload = { taskId: String(taskId), status: 'success' };
    expect(heard.at(-1)).toEqual({ userId: 1, message: { type: 'user-data-sync:task', payload } });
  });

  it('tells it after the task says so', async () => {
    const told: Promise<unknown>[] = [];
    host.app.once('ws:sendToUser', ({ message: { payload } }: Announcement) => {
      told.push(host.rows('userDataSyncTasks', { where: { id: payload.taskId } }));
    });
    await sync();
    expect(await Promise.all(told)).toMatchObject([[{ status: heard[0].message.payload.status }]]);
  });

  it('tells how it goes on, twice a second at most', async () => {
    parts = [0, 0, 600, 0, 0, 700, 0];
    await sync();
    const going = statuses().filter((status) => status === 'processing');
    expect(going).toHaveLength(2);
    expect(statuses()).toEqual([...going, 'success']);
  });

  it('tells that it broke', async () => {
    isBroken = true;
    await sync();
    expect(statuses()).toEqual(['failed']);
  });

  it('tells whoever retries it', async () => {
    isBroken = true;
    const id = await sync();
    const second = { username: 'second-admin', password: 'long enough 1', roles: [{ name: 'admin' }] };
    const created = await admin.post('/api/users:create', second);
    const signedIn = await new Caller(host).post(
      '/api/auth:signIn',
      { account: second.username, password: second.password },
      { 'X-Authenticator': 'basic' },
    );
    const caller = new Caller(host, (signedIn.body as { data: { token: string } }).data.token);
    const [{ sourceId }] = await host.rows<{ sourceId: number }>('userDataSyncTasks', { where: { id } });
    heard = [];
    await caller.post('/api/userData:retry', { id, sourceId });
    await host.plugin.syncService.whenIdle();
    const userId = (created.body as { data: { id: number } }).data.id;
    expect(heard).toMatchObject([{ userId, message: { payload: { taskId: String(id), status: 'failed' } } }]);
  });

  it('tells who pushes, and nobody when a plugin does', async () => {
    const records = [{ uid: 'pushed', isDeleted: 'no' }];
    const answer = await admin.push({ dataType: 'user', records });
    const payload = { taskId: String((answer.body as PushBody).data.taskId), status: 'partially_failed' };
    expect(heard.map(({ userId, message }) => [userId, message.payload])).toEqual([[1, payload]]);
    await host.plugin.syncService.push({ dataType: 'user', records });
    expect(heard).toHaveLength(1);
  });

  it('ends as it would when the message cannot be sent', async () => {
    host.app.once('ws:sendToUser', () => {
      throw new Error('socket closed');
    });
    expect(await host.taskEnd(await sync())).toMatchObject({ status: 'success', code: null });
  });
});
