import { setTimeout as delay } from 'node:timers/promises';
import type { SyncTarget } from '../../../src/server/pipeline/contracts';
import { TestApp } from '../../support/app';
import { testDialect } from '../../support/databases';
import { failures, Pusher } from '../../support/pushing';

/*
 * Two nodes write at the same time, and share nothing but the database: what one has planned, the other changes before
 * it is written. Each case is told as it would have been told had one come after the other.
 */

let host: TestApp;
let node: TestApp;

beforeAll(async () => {
  host = await TestApp.start();
  node = await TestApp.start({ nodeOf: host });
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await node?.stop();
  await host?.stop();
});

const targetOf = (app: TestApp, name: string) =>
  app.plugin.resourceManager
    .pipeline()
    .targets.active()
    .find((target) => target.name === name) as SyncTarget;

/** Does something once on the other node, between what this one plans for a target and what it writes. */
function meanwhile(name: string, work: () => Promise<unknown>): void {
  const target = targetOf(host, name);
  const plan = target.plan.bind(target);
  jest.spyOn(target, 'plan').mockImplementationOnce(async (chunk) => {
    const planned = await plan(chunk);
    await work();
    return planned;
  });
}

const here = (source: string) => new Pusher(host, source);
const there = (source: string) => new Pusher(node, source);
const userOf = async (username: string) => (await host.rows('users', { where: { username } }))[0];
const removal = (users: 'delete' | 'keep' | 'disable') => ({ removal: { users } });

describe('a user', () => {
  it('is deleted when both sources give it up at the same moment', async () => {
    const [one, other] = [await here('a1').decide(removal('delete')), await there('a2').decide(removal('delete'))];
    await one.users([{ uid: 'u', username: 'both' }]);
    await other.users([{ uid: 'u', username: 'both' }], 'username');
    meanwhile('users', () => other.users([{ uid: 'u', isDeleted: true }]));
    const { users } = await one.users([{ uid: 'u', isDeleted: true }]);
    expect(users.count).toMatchObject({ deleted: 1, unlinked: 0 });
    expect(await userOf('both')).toBeUndefined();
  });

  it('stays when another source claims it before it is deleted', async () => {
    const one = await here('b1').decide(removal('delete'));
    await one.users([{ uid: 'u', username: 'claimed' }]);
    meanwhile('users', () => there('b2').users([{ uid: 'x', username: 'claimed' }], 'username'));
    const { users } = await one.users([{ uid: 'u', isDeleted: true }]);
    expect(users.count).toMatchObject({ deleted: 0, unlinked: 1 });
    expect(await userOf('claimed')).toBeDefined();
  });

  it('is made anew when the one that was found is deleted before it is linked', async () => {
    const other = await there('c2').decide(removal('delete'));
    await other.users([{ uid: 'u', username: 'found' }]);
    meanwhile('users', () => other.users([{ uid: 'u', isDeleted: true }]));
    const { users } = await here('c1').users([{ uid: 'x', username: 'found' }], 'username');
    expect(users.count).toMatchObject({ created: 1, linked: 0 });
    expect(await userOf('found')).toBeDefined();
  });

  it('is made once of one record, whoever writes it', async () => {
    const records = [{ uid: 'u', nickname: 'Once' }];
    const data = { dataType: 'user' as const, records, sourceName: 'd' };
    meanwhile('users', () => node.plugin.resourceManager.updateOrCreate(data));
    const [users] = await host.plugin.resourceManager.updateOrCreate(data);
    expect(users.detail.count).toMatchObject({ created: 0, unchanged: 1 });
    expect(await host.rows('users', { where: { nickname: 'Once' } })).toHaveLength(1);
    const [record] = await host.rows<{ id: number }>('userDataSyncRecords', { where: { sourceName: 'd' } });
    expect(await host.rows('userDataSyncRecordsResources', { where: { recordId: record.id } })).toHaveLength(1);
  });

  it('is not enabled beyond the limit by two sources together', async () => {
    const enabled = await host.db.getRepository('users').count();
    const disabled = await host.db.getRepository('userDataSyncDisabledUsers').count();
    for (const app of [host, node]) app.plugin.resourceManager.userLimit = async () => enabled - disabled + 1;
    const data = (sourceName: string) => ({
      dataType: 'user' as const,
      records: [{ uid: 'u', username: `limited-${sourceName}` }],
      sourceName,
    });
    meanwhile('users', () => node.plugin.resourceManager.updateOrCreate(data('e2')));
    const [users] = await host.plugin.resourceManager.updateOrCreate(data('e1'));
    for (const app of [host, node]) app.plugin.resourceManager.userLimit = async () => null;
    expect(failures(users.detail)).toEqual({ u: 'USER_LIMIT' });
  });
});

describe('a membership', () => {
  it('waits for a department that is deleted before it is written', async () => {
    const departments = there('f');
    await departments.departments([{ uid: 'd', title: 'Short-lived' }]);
    meanwhile('memberships', () =>
      node.plugin.resourceManager.updateOrCreate({
        dataType: 'department',
        records: [{ uid: 'd', isDeleted: true }],
        sourceName: 'f',
      }),
    );
    const { departments: memberships } = await here('f').users([{ uid: 'u', username: 'f', departments: ['d'] }]);
    expect(memberships.warnings).toMatchObject([{ code: 'DEPARTMENT_NOT_FOUND' }]);
    await departments.departments([{ uid: 'd', title: 'Back' }]);
    const user = await userOf('f');
    expect(await host.rows('departmentsUsers', { where: { userId: user.id as number } })).toHaveLength(1);
  });

  it('that another source claims meanwhile stays', async () => {
    const [one, other] = [here('g1'), there('g2')];
    for (const pusher of [one, other]) await pusher.departments([{ uid: 'd', title: `Of ${pusher.sourceName}` }]);
    const [mine] = await host.rows<{ id: number }>('departments', { where: { title: 'Of g1' } });
    await one.users([{ uid: 'u', username: 'g', departments: ['d'] }]);
    await other.users([{ uid: 'u', username: 'g' }], 'username');
    const [record] = await host.rows<{ id: number }>('userDataSyncRecords', {
      where: { sourceName: 'g2', dataType: 'user' },
    });
    meanwhile('memberships', () =>
      node.plugin.resourceManager.addResourceToOriginRecord({
        recordId: record.id,
        resource: 'departments',
        resourcePk: mine.id,
      }),
    );
    await one.users([{ uid: 'u', username: 'g', departments: [] }]);
    expect(await host.rows('departmentsUsers', { where: { departmentId: mine.id } })).toHaveLength(1);
  });
});

describe('a department', () => {
  it('stays when somebody is put into it before it is deleted', async () => {
    const one = here('h');
    await one.departments([{ uid: 'd', title: 'Needed' }]);
    const [{ id }] = await host.rows<{ id: number }>('departments', { where: { title: 'Needed' } });
    meanwhile('departments', () =>
      node.db.getModel('departmentsUsers').create({ userId: 1, departmentId: id, isOwner: false, isMain: false }),
    );
    const { departments } = await one.departments([{ uid: 'd', isDeleted: true }]);
    expect(failures(departments)).toEqual({ d: 'HAS_DEPENDENTS' });
  });

  it('is not put below one that has gone below it meanwhile', async () => {
    const one = here('i');
    await one.departments([
      { uid: 'a', title: 'i-a' },
      { uid: 'b', title: 'i-b' },
    ]);
    const [a] = await host.rows<{ id: number }>('departments', { where: { title: 'i-a' } });
    const [b] = await host.rows<{ id: number }>('departments', { where: { title: 'i-b' } });
    meanwhile('departments', () =>
      node.db.getModel('departments').update({ parentId: b.id }, { where: { id: a.id }, hooks: false }),
    );
    const { departments } = await one.departments([{ uid: 'b', title: 'i-b', parentUid: 'a' }]);
    expect(failures(departments)).toEqual({ b: 'PARENT_CYCLE' });
  });
});

// SQLite lets one write at a time, whoever it is.
(testDialect === 'sqlite' ? describe.skip : describe)('a row that somebody has locked', () => {
  it('keeps only those waiting who write it', async () => {
    const one = here('k1');
    await one.users([{ uid: 'u', username: 'locked' }]);
    const { id } = await userOf('locked');
    const transaction = await node.db.sequelize.transaction();
    await node.db.getModel('users').findOne({
      where: { id: id as number },
      transaction,
      lock: transaction.LOCK.UPDATE,
    });
    let isDone = false;
    const waiting = one.users([{ uid: 'u', username: 'unlocked' }]).then(() => (isDone = true));
    await delay(300);
    const { users } = await here('k2').users([{ uid: 'x', username: 'not waiting' }]);
    expect(users.count.created).toBe(1);
    expect(isDone).toBe(false);
    await transaction.commit();
    await waiting;
    expect(await userOf('unlocked')).toBeDefined();
  });
});
