import type { Context } from '@nocobase/actions';
import { SyncSource, type PulledData } from '../../../src/server';
import { TestApp } from '../../support/app';
import { DatabaseFaults } from '../../support/database-faults';
import { checkInvariants } from '../../support/model/invariants';
import { takeSnapshot } from '../../support/model/snapshot';

/** Every tenth statement breaks, another choice each time; `FAULT_STEP=1` breaks each of them. */
const STEP = Number(process.env.FAULT_STEP ?? 10);
const FIRST = Number(process.env.FAULT_FIRST) || 1 + Math.floor(Math.random() * STEP);

/** What the sources deliver: everything, each time. */
const delivered = new Map<string, PulledData[]>();

class ScriptedSource extends SyncSource {
  async pull(): Promise<PulledData[]> {
    return delivered.get(this.instance.name) ?? [];
  }
}

const full = (dataType: 'user' | 'department', records: object[]): PulledData => ({ dataType, mode: 'full', records });

/** One user comes, one changes and moves, one stays, one goes with the memberships; departments likewise. */
const before = (x: string) => [
  full('department', [
    { uid: 'a', title: `${x} A` },
    { uid: 'b', title: `${x} B`, parentUid: 'a' },
  ]),
  full('user', [
    { uid: 'moves', username: `${x}-moves`, departments: ['a'] },
    { uid: 'goes', username: `${x}-goes`, departments: ['b', 'a', 'unknown'] },
    { uid: 'stays', username: `${x}-stays`, departments: [{ uid: 'a', isOwner: true }] },
  ]),
];
const after = (x: string) => [
  full('department', [
    { uid: 'a', title: `${x} A` },
    { uid: 'c', title: `${x} C`, parentUid: 'a' },
  ]),
  full('user', [
    { uid: 'moves', username: `${x}-moves`, nickname: 'Moved', departments: ['c'] },
    { uid: 'stays', username: `${x}-stays`, departments: [{ uid: 'a', isOwner: true }] },
    { uid: 'comes', username: `${x}-comes`, departments: ['c'] },
  ]),
];

interface Task {
  id: number;
  status: string;
  code: string | null;
}

describe('a run whose connection to the database breaks', () => {
  let host: TestApp;
  let faults: DatabaseFaults;

  beforeAll(async () => {
    host = await TestApp.start();
    host.plugin.sourceManager.registerType('scripted', { syncSource: ScriptedSource });
    faults = new DatabaseFaults(host.db);
    // Sequelize says so whenever a transaction breaks.
    jest.spyOn(console, 'warn').mockImplementation();
  });
  afterAll(async () => {
    faults?.restore();
    jest.restoreAllMocks();
    await host?.stop();
  });

  const makeSource = (name: string) =>
    host.db.getRepository('userDataSyncSources').create({
      values: {
        name,
        sourceType: 'scripted',
        enabled: true,
        rules: { removal: { users: 'delete', departments: 'delete' } },
      },
    });
  /** As servers do it all the time, when a task has been silent for long enough. */
  const findForgotten = async (sourceName: string) => {
    const { syncService } = host.plugin;
    const left = { sourceName, status: ['init', 'processing'] };
    const heartbeatAt = new Date(Date.now() - 31_000);
    await host.db.getModel('userDataSyncTasks').update({ heartbeatAt }, { where: left, hooks: false });
    await host.plugin.recover();
    await syncService.whenIdle();
  };
  const run = async (name: string, data: PulledData[]) => {
    delivered.set(name, data);
    const { syncService } = host.plugin;
    const started = await syncService.pull(name, { state: {} } as Context).catch(() => undefined);
    await syncService.whenIdle();
    faults.stop();
    await findForgotten(name);
    return started && (await host.taskEnd<Task>(started.taskId));
  };

  /** What the database says about a source: target and uid → what there is to see. */
  const organisationOf = async (name: string): Promise<Record<string, string>> => {
    const { departments, users, memberships } = await takeSnapshot(host);
    const titles = new Map(departments.map(({ id, title }) => [String(id), String(title).split(' ')[1]]));
    const entries: [string, string][] = departments
      .filter(({ title }) => String(title).startsWith(`${name} `))
      .map(({ id, parentId }) => [
        `departments ${titles.get(String(id))?.toLowerCase()}`,
        String(titles.get(String(parentId))),
      ]);
    for (const { id, username, nickname } of users) {
      const [source, uid] = String(username).split('-');
      if (source !== name) continue;
      const places = memberships
        .filter(({ userId }) => String(userId) === String(id))
        .map(({ departmentId, isOwner }) => `${titles.get(String(departmentId))}${isOwner ? ' (owner)' : ''}`);
      entries.push([`users ${uid}`, String(nickname)]);
      if (places.length > 0) entries.push([`memberships ${uid}`, places.sort().join(', ')]);
    }
    return Object.fromEntries(entries.sort());
  };

  /** What an attempt has changed, as its history has to say it. Memberships go with their user without a word. */
  const differences = (was: Record<string, string>, is: Record<string, string>): string[] =>
    [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) => {
      if (was[key] === is[key]) return [];
      if (key.startsWith('memberships')) return key in is ? [`${key} updated`] : [];
      return [`${key} ${key in was ? (key in is ? 'updated' : 'deleted') : 'created'}`];
    });

  const historyOf = async (taskId: number) => {
    const where = { taskId };
    const rows = await host.rows<Record<'target' | 'uid' | 'action', string>>('userDataSyncOutcomes', { where });
    return rows.map(({ target, uid, action }) => `${target} ${uid} ${action}`);
  };

  it(`leaves nothing half-written, wherever it breaks, and the next run completes it (from statement ${FIRST})`, async () => {
    await makeSource('0');
    await run('0', before('0'));
    const start = await organisationOf('0');
    await expect(run('0', after('0'))).resolves.toMatchObject({ status: 'success' });
    const end = await organisationOf('0');
    expect(end).not.toEqual(start);

    const seen: string[] = [];
    for (let statement = FIRST; ; statement += STEP) {
      const broken = await breakAt(statement, 'before', { start, end });
      if (broken === undefined) break;
      seen.push(broken);
      // Then it is in the database, and the run does not know.
      if (broken.startsWith('COMMIT')) await breakAt(statement, 'answer', { start, end });
    }
    expect(seen.length * STEP).toBeGreaterThan(100);
  }, 600_000);

  /** Gives back the statement that broke. */
  async function breakAt(
    statement: number,
    when: 'before' | 'answer',
    { start, end }: Readonly<Record<'start' | 'end', Record<string, string>>>,
  ): Promise<string | undefined> {
    const name = `${statement}${when === 'answer' ? '+' : ''}`;
    await makeSource(name);
    await run(name, before(name));
    faults.breakAt(statement, when);
    const task = await run(name, after(name));
    if (faults.broken === undefined) return undefined;
    const context = `${statement}, ${when}: ${faults.broken.slice(0, 120)}`;
    if (task) {
      const said = task.status === 'success' ? null : task.code;
      expect([context, said]).toEqual([context, task.status === 'success' ? null : 'DATABASE_UNREACHABLE']);
      const history = await historyOf(task.id);
      const missing = differences(start, await organisationOf(name)).filter((line) => !history.includes(line));
      expect({ context, missing }).toEqual({ context, missing: [] });
    }
    checkInvariants(await takeSnapshot(host));
    expect({ context, orphans: await orphanedLinks() }).toEqual({ context, orphans: [] });

    expect({ context, ...(await run(name, after(name))) }).toMatchObject({ context, status: 'success' });
    expect({ context, ...(await organisationOf(name)) }).toEqual({ context, ...end });
    expect({ context, orphans: await orphanedLinks() }).toEqual({ context, orphans: [] });
    return faults.broken;
  }

  /** Links that say that a record has put somebody into a department, though the record has no user any more. */
  async function orphanedLinks() {
    const links = await host.rows<{ recordId: unknown; resource: string }>('userDataSyncRecordsResources');
    const records = await host.rows<{ id: unknown; dataType: string; sourceUk: string }>('userDataSyncRecords');
    const pending = await host.rows<{ recordId: unknown; awaits: string }>('userDataSyncPendingLinks');
    const withUser = new Set(
      links.filter(({ resource }) => resource === 'users').map(({ recordId }) => String(recordId)),
    );
    const userRecords = new Set(records.filter(({ dataType }) => dataType === 'user').map(({ id }) => String(id)));
    return [...links.filter(({ resource }) => resource === 'departments'), ...pending]
      .map(({ recordId }) => String(recordId))
      .filter((id) => userRecords.has(id) && !withUser.has(id));
  }
});
