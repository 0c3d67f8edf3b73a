import type { Response } from 'supertest';
import { DEFAULT_RULES, type RemovalLimits } from '../../../src/common/rules';
import { judgeRemovals, type RemovalForecast } from '../../../src/server/pipeline/safeguard';
import { RemovalHistory } from '../../../src/server/tasks';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';
import { waitForTask } from '../../support/tasks';

const DAY = 24 * 60 * 60 * 1000;

describe('how much may be removed', () => {
  const none = { removed: 0, owned: 0 };
  const of = (users: [number, number], adopted: [number, number] = [0, 0]): RemovalForecast => ({
    users: { removed: users[0], owned: users[1] },
    departments: none,
    adopted: { removed: adopted[0], owned: adopted[1] },
    isEmpty: false,
  });
  const limits = (count: number, percent: number): RemovalLimits => ({
    ...DEFAULT_RULES.limits,
    users: { count, percent },
  });

  it.each<[string, RemovalForecast, number, RemovalLimits, string | undefined]>([
    ['five of the smallest source', of([5, 5]), 0, limits(500, 20), undefined],
    ['six of ten', of([6, 10]), 0, limits(500, 20), 'users'],
    ['twenty of a hundred', of([20, 100]), 0, limits(500, 20), undefined],
    ['twenty-one of a hundred', of([21, 100]), 0, limits(500, 20), 'users'],
    ['more than the number', of([501, 100_000]), 0, limits(500, 20), 'users'],
    ['one where none may go', of([1, 1000]), 0, limits(0, 100), 'users'],
    ['two where one may go', of([2, 1000]), 0, limits(1, 100), 'users'],
    ['five of a hundred where no percentage may go', of([5, 100]), 0, limits(500, 0), undefined],
    ['one more than the window allows', of([1, 80]), 20, limits(500, 20), 'usersLately'],
    ['one that the window allows', of([1, 81]), 19, limits(500, 20), undefined],
    ['nobody, whatever others have removed', of([0, 10]), 400, limits(0, 0), undefined],
    ['adopted users among many others', of([26, 1000], [26, 1000]), 0, limits(500, 20), 'adopted'],
    ['adopted users, few but most of them', of([6, 1000], [6, 10]), 0, limits(500, 20), 'adopted'],
  ])('%s', (_, forecast, recent, rules, expected) => {
    const earlier = { hours: 24, users: recent, departments: 0, adopted: 0 };
    expect(judgeRemovals(forecast, earlier, rules)).toBe(expected);
  });
});

describe('what a source removes in several runs', () => {
  let host: TestApp;
  let admin: Caller;
  let key: Caller;

  const NAMES = ['small steps', 'claimed', 'approved', 'elapsed', 'purged', 'tried', 'retried', 'apart'];

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    key = new Caller(host, await host.pushKey(...NAMES));
  });
  afterAll(() => host?.stop());

  const people = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ uid: `u${at}`, username: `${name.replaceAll(' ', '-')}-${at}` }));
  const gone = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => ({ uid: `u${from + at}`, isDeleted: true }));
  const push = (sourceName: string, records: object[], more: object = {}) =>
    key.push({ sourceName, dataType: 'user', records, ...more });
  const code = (response: Response) => (response.status === 200 ? undefined : errorOf(response).code);
  const heldTask = (response: Response) => (errorOf(response) as { taskId?: number }).taskId as number;
  const act = async (action: string, body: object) => {
    const response = await admin.post(`/api/userData:${action}`, body);
    expect(response.status).toBe(200);
    return waitForTask(host, (response.body as { data: { taskId: number } }).data.taskId);
  };
  const sourceOf = async (name: string) =>
    (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0].id;
  const disabled = async (name: string) => {
    const users = await host.rows<{ username: string; isDisabled: unknown }>('users');
    return users.filter((user) => user.username.startsWith(`${name.replaceAll(' ', '-')}-`) && user.isDisabled).length;
  };

  it('is held as soon as all of them together remove too many', async () => {
    const name = 'small steps';
    await push(name, people(name, 105));
    const codes: (string | undefined)[] = [];
    for (let step = 0; step < 15; step += 1) codes.push(code(await push(name, gone(step * 7, step * 7 + 7))));
    expect(codes).toEqual([undefined, undefined, undefined, ...Array<string>(12).fill('REMOVAL_LIMIT')]);
    expect(await disabled(name)).toBe(21);
    const response = await push(name, gone(21, 28));
    expect(errorOf(response).message).toMatch(
      /^This run would remove 7 of 84 users\. 21 were already removed in the last 24 hours\. Together this is more than the source may remove in that time\. /,
    );
    const task = await waitForTask(host, heldTask(response));
    expect(task.params).toMatchObject({ held: 'usersLately', users: 7, ownedUsers: 84, recentUsers: 21, hours: 24 });
    expect(code(await push(name, people(name, 3)))).toBeUndefined();
  });

  it('is held also where a preview says so before, and where another plugin pushes without a task', async () => {
    const name = 'small steps';
    const dry = await push(name, gone(21, 30), { dryRun: true });
    const { taskId } = (dry.body as { data: { taskId: number } }).data;
    expect(await waitForTask(host, taskId)).toMatchObject({ code: 'WOULD_BE_HELD' });
    const pushed = host.plugin.resourceManager.updateOrCreate({
      sourceName: name,
      dataType: 'user',
      records: gone(21, 30),
    });
    await expect(pushed).rejects.toMatchObject({ code: 'REMOVAL_LIMIT', params: { held: 'usersLately' } });
  });

  it('counts users who were there before the source apart: few may be claimed and removed', async () => {
    const name = 'claimed';
    const byHand = people(name, 120).map(({ username }) => ({ username }));
    await host.db.getModel('users').bulkCreate(byHand, { hooks: false });
    await push(
      name,
      [...people(name, 120), ...Array.from({ length: 1000 }, (_, at) => ({ uid: `new${at}`, username: `more-${at}` }))],
      { matchKey: 'username' },
    );
    const at = await sourceOf(name);
    await host.db.getRepository('userDataSyncSources').update({
      filterByTk: at,
      values: { rules: { removal: { users: 'delete' }, push: { roles: ['pusher'] } } },
    });
    const all = await push(name, gone(0, 120));
    expect(code(all)).toBe('REMOVAL_LIMIT');
    expect(errorOf(all).message).toMatch(/^This run would remove 120 of 120 users that existed before this source, /);
    expect(code(await push(name, gone(0, 12)))).toBeUndefined();
    const one = await push(name, gone(12, 13));
    expect(errorOf(one).message).toMatch(
      /^This run would remove 1 of 108 users that existed before this source\. 12 were already removed in the last 24 hours/,
    );
    expect(code(await push(name, [{ uid: 'new1', isDeleted: true }]))).toBeUndefined();
    expect(await host.rows('users', { where: { username: byHand.map(({ username }) => username) } })).toHaveLength(120);
  });

  it('does not count what somebody has approved', async () => {
    const name = 'approved';
    await push(name, people(name, 60));
    const task = await act('approve', { id: heldTask(await push(name, gone(0, 30))) });
    expect(task).toMatchObject({ status: 'success', counts: { users: { disabled: 30 } } });
    expect(code(await push(name, gone(30, 36)))).toBeUndefined();
    expect(code(await push(name, gone(36, 37)))).toBe('REMOVAL_LIMIT');
  });

  it('counts what a retry removes after an approval: nobody has looked at that', async () => {
    const name = 'retried';
    await push(name, people(name, 30));
    let isNeeded = true;
    host.plugin.resourceManager.registerRemovalCheck('users', ({ sourceName, rowIds }) =>
      isNeeded && sourceName === name ? new Map(rowIds.map((id) => [id, 'needed'])) : new Map(),
    );
    await host.db.getRepository('userDataSyncSources').update({
      filter: { name },
      values: { rules: { limits: { users: { count: 0 } }, push: { roles: ['pusher'] } } },
    });
    isNeeded = false;
    const held = heldTask(await push(name, gone(0, 5)));
    isNeeded = true;
    const task = await act('approve', { id: held });
    expect(task).toMatchObject({ status: 'partially_failed', counts: { users: { failed: 5 } } });
    isNeeded = false;
    await host.db.getRepository('userDataSyncSources').update({
      filter: { name },
      values: { rules: { push: { roles: ['pusher'] } } },
    });
    const retried = await act('retryFailed', { sourceId: await sourceOf(name), id: held });
    expect(retried).toMatchObject({ status: 'success', counts: { users: { disabled: 5 } } });
    expect(await new RemovalHistory(host.db).of(await sourceOf(name), 24)).toMatchObject({ users: 5 });
  });

  it('does not count what was removed before the window', async () => {
    const name = 'elapsed';
    const removed = async () => {
      const hours = (await admin.get('/api/userData:settings')).body as { data: { removalWindowHours: number } };
      return (await new RemovalHistory(host.db).of(await sourceOf(name), hours.data.removalWindowHours)).users;
    };
    await push(name, people(name, 20));
    expect(code(await push(name, gone(0, 5)))).toBeUndefined();
    expect(code(await push(name, gone(5, 6)))).toBe('REMOVAL_LIMIT');
    const sourceId = await sourceOf(name);
    const aDayAgo = new Date(Date.now() - DAY);
    await host.db.getModel('userDataSyncOutcomes').update({ at: aDayAgo }, { where: { countedFor: sourceId } });
    expect(await removed()).toBe(0);
    await admin.post('/api/userData:updateSettings', { removalWindowHours: 48 });
    expect(await removed()).toBe(5);
    expect(code(await push(name, gone(5, 6)))).toBe('REMOVAL_LIMIT');
    await admin.post('/api/userData:updateSettings', { removalWindowHours: 24 });
    expect(code(await push(name, gone(5, 6)))).toBeUndefined();
  });

  it('does not count purges, dry runs, and what was held', async () => {
    const name = 'purged';
    await push(name, people(name, 5));
    await push(name, gone(0, 5), { dryRun: true });
    await push(name, [], { mode: 'full' });
    const sourceId = await sourceOf(name);
    expect(await act('purge', { sourceId })).toMatchObject({ counts: { users: { deleted: 5 } } });
    expect(await new RemovalHistory(host.db).of(sourceId, 24)).toMatchObject({ users: 0, departments: 0, adopted: 0 });
  });

  it('is counted for users and departments apart, and for each source', async () => {
    const name = 'apart';
    const departments = Array.from({ length: 5 }, (_, at) => ({ uid: `u${at}`, title: `apart-${at}` }));
    await push(name, departments, { dataType: 'department' });
    await push(name, people(name, 5));
    expect(code(await push(name, gone(0, 5), { dataType: 'department' }))).toBeUndefined();
    expect(code(await push(name, gone(0, 5)))).toBeUndefined();
    const counted = { hours: 24, users: 5, departments: 5, adopted: 0 };
    expect(await new RemovalHistory(host.db).of(await sourceOf(name), 24)).toEqual(counted);
    expect(await new RemovalHistory(host.db).of(await sourceOf('tried'), 24)).toMatchObject({ users: 0 });
  });

  it('is looked up only when somebody would be removed, with one statement', async () => {
    const name = 'tried';
    const lookup = jest.spyOn(host.db.getModel('userDataSyncOutcomes'), 'findAll');
    await push(name, people(name, 3));
    await push(name, people(name, 3), { mode: 'full' });
    expect(lookup).not.toHaveBeenCalled();
    await push(name, gone(0, 1));
    expect(lookup).toHaveBeenCalledTimes(1);
    lookup.mockRestore();
  });
});
