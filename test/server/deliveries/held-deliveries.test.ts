import type { Response } from 'supertest';
import { DEFAULT_SETTINGS } from '../../../src/common/settings';
import { cleanUp } from '../../../src/server/retention';
import { KEPT_PREVIEWS, SPOOL_QUOTA } from '../../../src/server/deliveries/spool/quota';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';
import { waitForTask } from '../../support/tasks';

const DAY = 24 * 60 * 60 * 1000;
const NAMES = ['superseded', 'mixed', 'approved late', 'previews', 'large previews', 'too large', 'expiring', 'purge'];

describe('what is kept of deliveries that wait', () => {
  let host: TestApp;
  let admin: Caller;
  let key: Caller;

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    key = new Caller(host, await host.pushKey(...NAMES));
  });
  afterAll(() => host?.stop());
  afterEach(() => jest.restoreAllMocks());

  const people = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ uid: `u${at}`, username: `${name.replaceAll(' ', '-')}-${at}` }));
  const push = (sourceName: string, records: object[], more: object = {}) =>
    key.push({ sourceName, dataType: 'user', records, ...more });
  const full = { mode: 'full' };
  const heldTask = (response: Response) => {
    expect([response.status, errorOf(response).code]).toEqual([409, 'REMOVAL_LIMIT']);
    return (errorOf(response) as { taskId?: number }).taskId as number;
  };
  const taskIdOf = ({ body }: Response) => (body as { data: { taskId: number } }).data.taskId;
  const taskOf = (id: number) => waitForTask(host, id);
  const call = (action: string, body: object) => admin.post(`/api/userData:${action}`, body);
  const sourceOf = async (name: string) =>
    (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0].id;
  /** Ids of the tasks of a source for which something is kept. */
  const kept = async (name: string) => {
    const rows = await host.rows<{ taskId: number }>('userDataSyncHeldDeliveries', {
      where: { sourceId: await sourceOf(name) },
      order: ['taskId'],
    });
    return [...new Set(rows.map(({ taskId }) => taskId))];
  };

  it('is one held push of nine: a newer one takes the place of those before it', async () => {
    const name = 'superseded';
    await push(name, people(name, 20));
    const held: number[] = [];
    for (let count = 1; count <= 9; count += 1) held.push(heldTask(await push(name, people(name, count), full)));
    const newest = held[8];
    expect(await kept(name)).toEqual([newest]);
    for (const [index, id] of held.slice(0, 8).entries()) {
      expect(await taskOf(id)).toMatchObject({
        status: 'canceled',
        code: 'SUPERSEDED',
        params: { newer: String(held[index + 1]) },
        heldUntil: null,
      });
    }
    expect(await taskOf(newest)).toMatchObject({ status: 'blocked' });
    const response = await call('approve', { id: held[0] });
    expect([response.status, errorOf(response).code]).toEqual([409, 'TASK_NOT_BLOCKED']);
    await call('approve', { id: newest });
    expect(await waitForTask(host, newest)).toMatchObject({ status: 'success', counts: { users: { disabled: 11 } } });
    expect(await kept(name)).toEqual([]);
  });

  it('stays when what is newer is of another type', async () => {
    const name = 'mixed';
    const departments = Array.from({ length: 8 }, (_, at) => ({ uid: `d${at}`, title: `mixed-${at}` }));
    await push(name, people(name, 8));
    await push(name, departments, { dataType: 'department' });
    const users = heldTask(await push(name, people(name, 1), full));
    const tree = heldTask(await push(name, departments.slice(0, 1), { ...full, dataType: 'department' }));
    expect(await kept(name)).toEqual([users, tree]);
    expect(await taskOf(users)).toMatchObject({ status: 'blocked' });
  });

  it('is not touched by a push when it is a purge, which an administrator has to decide about', async () => {
    const name = 'purge';
    await push(name, people(name, 20));
    const purge = taskIdOf(await call('purge', { sourceId: await sourceOf(name) }));
    expect(await waitForTask(host, purge)).toMatchObject({ status: 'blocked' });
    heldTask(await push(name, [], full));
    expect(await taskOf(purge)).toMatchObject({ status: 'blocked' });
  });

  it('are the latest previews of a source', async () => {
    const name = 'previews';
    const previews: number[] = [];
    for (let count = 1; count <= KEPT_PREVIEWS + 2; count += 1)
      previews.push(taskIdOf(await push(name, people(name, count), { dryRun: true })));
    expect(await kept(name)).toEqual(previews.slice(-KEPT_PREVIEWS));
    expect(errorOf(await call('runNow', { id: previews[0] })).code).toBe('DELIVERY_GONE');
    const run = taskIdOf(await call('runNow', { id: previews[2] }));
    expect(await waitForTask(host, run)).toMatchObject({ status: 'success', counts: { users: { created: 3 } } });
  });

  it('is no more than the quota: older previews make room for newer ones, and for runs that are held', async () => {
    const name = 'large previews';
    await push(name, people(name, 20));
    const preview = async () => {
      const id = taskIdOf(await push(name, people(name, 20), { dryRun: true }));
      await host.db.getModel('userDataSyncHeldDeliveries').update({ size: SPOOL_QUOTA / 4 }, { where: { taskId: id } });
      return id;
    };
    const first = await preview();
    const second = await preview();
    expect(await kept(name)).toEqual([first, second]);
    const third = await preview();
    expect(await kept(name)).toEqual([second, third]);
    const held = heldTask(await push(name, people(name, 1), full));
    expect(await kept(name)).toEqual([third, held]);
  });

  it('is nothing of what is too large by itself: the run fails, and so does a preview', async () => {
    const name = 'too large';
    await push(name, people(name, 20));
    const before = await host.rows('users', { where: { isDisabled: true } });
    for (const dryRun of [true, false]) {
      jest.spyOn(host.app.aesEncryptor, 'encrypt').mockResolvedValueOnce('x'.repeat(SPOOL_QUOTA + 1));
      const response = await push(name, people(name, 1), { ...full, dryRun });
      expect([response.status, errorOf(response).code]).toEqual([413, 'DELIVERY_TOO_LARGE']);
      expect(errorOf(response).message).toMatch(
        /At most 200 MB \(compressed\) are stored.*Deliver only changed records/,
      );
    }
    expect(await kept(name)).toEqual([]);
    const [task] = await host.rows('userDataSyncTasks', { order: [['id', 'DESC']], limit: 1 });
    expect(task).toMatchObject({ status: 'failed', code: 'DELIVERY_TOO_LARGE' });
    expect(await host.rows('users', { where: { isDisabled: true } })).toEqual(before);
  });

  it('waits as long as the settings say when the run is held, and then goes', async () => {
    const name = 'expiring';
    await push(name, people(name, 20));
    await call('updateSettings', { heldDays: 7 });
    const held = heldTask(await push(name, people(name, 1), full));
    const shown = await admin.get(`/api/userDataSyncTasks:get?filterByTk=${held}`);
    const { heldUntil, finishedAt } = (shown.body as { data: { heldUntil: string; finishedAt: string } }).data;
    const until = new Date(heldUntil);
    expect(Math.round((until.getTime() - new Date(finishedAt).getTime()) / DAY)).toBe(7);
    await cleanUp(host.db, { ...DEFAULT_SETTINGS, heldDays: 1 }, until);
    expect(await taskOf(held)).toMatchObject({ status: 'blocked' });
    const cleaned = await cleanUp(host.db, DEFAULT_SETTINGS, new Date(until.getTime() + 1));
    expect(cleaned.expired).toBeGreaterThan(0);
    expect(await taskOf(held)).toMatchObject({ status: 'canceled', code: 'EXPIRED', heldUntil: null });
    expect(await kept(name)).toEqual([]);
    expect(errorOf(await call('approve', { id: held })).code).toBe('TASK_NOT_BLOCKED');
  });
});
