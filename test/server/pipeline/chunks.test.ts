import type { SyncResult } from '../../../src/server';
import { CHUNK_SIZES, type ChunkSizes } from '../../../src/server/pipeline/chunks';
import { TestApp } from '../../support/app';

/** Everything comes in many chunks. */
const SMALL: ChunkSizes = {
  ...CHUNK_SIZES,
  users: { records: 2, weight: 1000 },
  usersOnSqlite: { records: 2, weight: 1000 },
  departments: { records: 2, weight: 1000 },
  final: { records: 4, weight: 1000 },
  missingUsers: 2,
  missingDepartments: 2,
};

let host: TestApp;

beforeAll(async () => {
  host = await TestApp.start();
  const manager = host.plugin.resourceManager;
  const pipeline = manager.pipeline.bind(manager);
  jest.spyOn(manager, 'pipeline').mockImplementation(() => ({ ...pipeline(), chunkSizes: SMALL }));
});
afterAll(() => host?.stop());

const range = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

/** Pushes, after a dry run that has to count the same; `counts` are those of the task, for each target. */
async function push(body: object) {
  const previewed = await run({ ...body, dryRun: true });
  const done = await run(body);
  expect(previewed.counts).toEqual(done.counts);
  return done;
}

async function run(body: object) {
  const results = await host.plugin.syncService.push(body);
  const details: Record<string, SyncResult['detail']> = Object.fromEntries(
    results.map(({ resource, detail }) => [resource, detail]),
  );
  const [task] = await host.db.getRepository('userDataSyncTasks').find({ sort: ['-id'], limit: 1 });
  return { details, counts: task.get('counts') as Record<string, Record<string, number>> };
}

describe('a delivery that is planned in many chunks', () => {
  it.each([
    ['to the next one', 1],
    ['to the one before', -1],
  ])('hands addresses on %s, all along', async (_, step) => {
    const sourceName = `shifted ${step}`;
    const people = (by: number) =>
      range(21, (index) => ({ uid: `u${index}`, email: `${sourceName.replaceAll(' ', '')}${index + by}@example.com` }));
    const users = (records: object[]) => push({ dataType: 'user', sourceName, records });
    expect((await users(people(0))).counts.users).toMatchObject({ created: 21 });
    expect((await users(people(step))).counts.users).toMatchObject({ updated: 21, failed: 0 });
  });

  it('finds people who were made, linked or disabled in an earlier chunk', async () => {
    const sourceName = 'found';
    const users = (records: object[], more: object = {}) =>
      push({ dataType: 'user', sourceName, matchKey: 'username', records, ...more });
    const { details: first } = await users([
      { uid: 'a', username: 'found-a' },
      { uid: 'b', username: 'found-b' },
      { uid: 'again', username: 'found-a' },
    ]);
    expect(first.users.failedRecords.map(({ record, code }) => [record.uid, code])).toEqual([
      ['again', 'MATCH_CONFLICT'],
    ]);
    // A new uid for the same person, whose old record is removed in a later chunk.
    const { counts: second } = await users([
      { uid: 'new-a', username: 'found-a' },
      { uid: 'x', username: 'found-x' },
      { uid: 'y', username: 'found-y' },
      { uid: 'a', isDeleted: true },
    ]);
    expect(second.users).toMatchObject({ created: 2, disabled: 1, enabled: 1, failed: 0 });
  });

  it('places departments below those of earlier chunks, and deletes what they have left', async () => {
    const sourceName = 'tree';
    const departments = (records: object[]) => push({ dataType: 'department', sourceName, mode: 'full', records });
    const chain = range(7, (index) => ({
      uid: `d${index}`,
      title: `Tree ${index}`,
      parentUid: index === 0 ? null : `d${index - 1}`,
    }));
    expect((await departments(chain)).counts.departments).toMatchObject({ created: 7, warnings: 0 });
    // Everything below the first one moves to a new one, and the first one goes.
    const moved = [
      { uid: 'new', title: 'Tree new' },
      ...chain.slice(1).map((one) => (one.uid === 'd1' ? { ...one, parentUid: 'new' } : one)),
    ];
    const { counts: done } = await departments(moved);
    expect(done.departments).toMatchObject({ created: 1, updated: 1, unchanged: 5, deleted: 1, failed: 0 });
    // The other way round, over several chunks, it would be a circle.
    const { details: circle } = await departments(
      moved.map((one) => (one.uid === 'new' ? { ...one, parentUid: 'd6' } : one)),
    );
    expect(circle.departments.failedRecords.map(({ code }) => code)).toEqual(['PARENT_CYCLE']);
  });

  it('counts the memberships of people who get a new uid, and of people who are deleted', async () => {
    const sourceName = 'members';
    const departments = ['m1', 'm2'].map((uid) => ({ uid, title: uid }));
    await push({ dataType: 'department', sourceName, records: departments });
    const users = (records: object[]) => push({ dataType: 'user', sourceName, matchKey: 'username', records });
    await users(['a', 'b'].map((uid) => ({ uid, username: `members-${uid}`, departments: ['m1', 'm2'] })));
    await users([{ uid: 'a', isDeleted: true }]);
    // The memberships of the former record are those of the new one, which brings fewer.
    const { counts } = await users([{ uid: 'new-a', username: 'members-a', departments: ['m2'] }]);
    expect(counts.memberships).toMatchObject({ updated: 1, unchanged: 0 });
    await host.db.getRepository('userDataSyncSources').update({
      filter: { name: sourceName },
      values: { rules: { removal: { users: 'delete', departments: 'delete' } } },
    });
    const { counts: removed } = await users([{ uid: 'b', isDeleted: true }]);
    expect(removed.users).toMatchObject({ deleted: 1 });
  });
});
