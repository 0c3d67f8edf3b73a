import type { BelongsToManyRepository } from '@nocobase/database';
import { TestApp } from '../../../support/app';
import { dumpWritable, readOrganisation } from '../../../support/organisation';
import { failures, Pusher } from '../../../support/pushing';

describe('departments', () => {
  let host: TestApp;
  let sources = 0;
  const newSource = () => new Pusher(host, `source-${(sources += 1)}`);

  /** The repository that the page's member list writes with. */
  const members = (id: number) => host.db.getRepository<BelongsToManyRepository>('departments.members', id);

  beforeAll(async () => {
    host = await TestApp.start();
  });
  afterAll(() => host?.stop());

  const department = async (title: string) => {
    const view = (await readOrganisation(host)).departments.get(title);
    if (!view) throw new Error(`There is no department ${title}`);
    return view;
  };
  const byHand = async (values: object) =>
    (await host.db.getRepository('departments').create({ values })) as unknown as { id: number };
  const rowOf = async (title: string) => (await host.rows<{ id: number }>('departments', { where: { title } }))[0];

  it('moves a subtree with its paths, and keeps the leaf flags of the old and the new parent', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'a', title: 'A1' },
      { uid: 'b', title: 'A2', parentUid: 'a' },
      { uid: 'c', title: 'A3', parentUid: 'b' },
      { uid: 'd', title: 'A4' },
    ]);
    const moved = await source.departments([{ uid: 'b', title: 'A2', parentUid: 'd' }]);
    expect(moved.departments.count).toMatchObject({ updated: 1 });
    expect(await department('A3')).toMatchObject({ path: ['A4', 'A2', 'A3'], isLeaf: true });
    expect(await department('A1')).toMatchObject({ isLeaf: true });
    expect(await department('A4')).toMatchObject({ isLeaf: false });
    await source.departments([{ uid: 'b', title: 'A2' }]);
    expect(await department('A3')).toMatchObject({ path: ['A2', 'A3'] });
    expect(await department('A4')).toMatchObject({ isLeaf: true });
  });

  it('leaves a department where it is while its new parent has not come, and moves it when it does', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'old', title: 'B-old' },
      { uid: 'x', title: 'B-x', parentUid: 'old' },
    ]);
    const waiting = await source.departments([{ uid: 'x', title: 'B-x', parentUid: 'new' }]);
    expect(waiting.departments.warnings).toMatchObject([{ code: 'PARENT_NOT_FOUND', count: 1, uids: ['x'] }]);
    expect(await department('B-x')).toMatchObject({ parent: 'B-old' });
    const before = await dumpWritable(host);
    await source.departments([{ uid: 'x', title: 'B-x', parentUid: 'new' }]);
    expect(await dumpWritable(host)).toBe(before);
    await source.departments([{ uid: 'new', title: 'B-new' }]);
    expect(await department('B-x')).toMatchObject({ parent: 'B-new', path: ['B-new', 'B-x'] });
    expect(await department('B-old')).toMatchObject({ isLeaf: true });
  });

  it('stops waiting when the source no longer says so', async () => {
    const source = newSource();
    await source.departments([{ uid: 'x', title: 'C-x', parentUid: 'later' }]);
    await source.departments([{ uid: 'x', title: 'C-x' }]);
    await source.departments([{ uid: 'later', title: 'C-later' }]);
    expect(await department('C-x')).toMatchObject({ parent: null });
  });

  it('waits for the parent that it was told last, and not for the one before that is removed', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'x', title: 'P-x', parentUid: 'old' },
      { uid: 'old', title: 'P-old' },
    ]);
    await source.departments([{ uid: 'x', title: 'P-x', parentUid: 'new' }]);
    await source.departments([{ uid: 'old', title: 'P-old', isDeleted: true }]);
    const waits = await host.rows('userDataSyncPendingLinks');
    expect(waits.map(({ awaits }) => awaits)).toEqual(expect.not.arrayContaining(['old']));
    await source.departments([{ uid: 'old', title: 'P-old' }]);
    expect(await department('P-x')).toMatchObject({ parent: null });
    await source.departments([{ uid: 'new', title: 'P-new' }]);
    expect(await department('P-x')).toMatchObject({ parent: 'P-new' });
  });

  it('does not wait for a department of another source', async () => {
    const [hr, other] = [newSource(), newSource()];
    await hr.departments([{ uid: 'x', title: 'D-x', parentUid: 'p' }]);
    await other.departments([{ uid: 'p', title: 'D-p' }]);
    expect(await department('D-x')).toMatchObject({ parent: null });
  });

  it('refuses circles with the way around, writes nothing of them and everything else', async () => {
    const source = newSource();
    const { departments } = await source.departments([
      { uid: 'self', title: 'E-self', parentUid: 'self' },
      { uid: 'a', title: 'E-a', parentUid: 'b' },
      { uid: 'b', title: 'E-b', parentUid: 'a' },
      { uid: 'below', title: 'E-below', parentUid: 'a' },
      { uid: 'fine', title: 'E-fine' },
    ]);
    expect(failures(departments)).toEqual({ self: 'PARENT_IS_SELF', a: 'PARENT_CYCLE', b: 'PARENT_CYCLE' });
    expect(departments.failedRecords.map(({ message }) => message).join()).toMatch(/a → b → a/);
    expect(departments.warnings).toMatchObject([{ code: 'PARENT_NOT_FOUND', uids: ['below'] }]);
    expect(await rowOf('E-a')).toBeUndefined();
    expect(await department('E-fine')).toMatchObject({ parent: null });
  });

  it('refuses to move a department below one of its own descendants, and names those on the way', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'a', title: 'F-a' },
      { uid: 'b', title: 'F-b', parentUid: 'a' },
      { uid: 'c', title: 'F-c', parentUid: 'b' },
    ]);
    const { departments } = await source.departments([{ uid: 'a', title: 'F-renamed', parentUid: 'c' }]);
    expect(departments.failedRecords).toMatchObject([{ code: 'PARENT_CYCLE' }]);
    expect(departments.failedRecords[0].message).toContain('a → c → b → a');
    expect(await department('F-c')).toMatchObject({ path: ['F-a', 'F-b', 'F-c'] });
    const turned = await source.departments([
      { uid: 'a', title: 'F-a', parentUid: 'c' },
      { uid: 'b', title: 'F-b' },
      { uid: 'c', title: 'F-c', parentUid: 'b' },
    ]);
    expect(turned.departments.failedRecords).toEqual([]);
    expect(await department('F-a')).toMatchObject({ path: ['F-b', 'F-c', 'F-a'] });
  });

  it('lets a department go where a circle would be with one that goes, in the same delivery', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'a', title: 'Z-a' },
      { uid: 'b', title: 'Z-b', parentUid: 'a' },
    ]);
    const everything = [
      { uid: 'a', title: 'Z-a', parentUid: 'c' },
      { uid: 'c', title: 'Z-c', parentUid: 'b' },
    ];
    const { departments } = await source.full('department', everything);
    expect(departments.count).toMatchObject({ created: 1, updated: 1, deleted: 1, failed: 0 });
    expect(await department('Z-a')).toMatchObject({ path: ['Z-c', 'Z-a'] });
    expect((await source.full('department', everything)).departments.count).toMatchObject({ unchanged: 2, all: 2 });
  });

  it('refuses a department deeper than the path table can say', async () => {
    const source = newSource();
    const chain = Array.from({ length: 80 }, (_, index) => ({
      uid: `${index}`,
      title: `G-${index}`,
      ...(index > 0 ? { parentUid: `${index - 1}` } : {}),
    }));
    const { departments } = await source.departments(chain);
    expect(new Set(Object.values(failures(departments)))).toEqual(new Set(['TREE_TOO_DEEP']));
    const longest = (await host.rows<{ path: string }>('main_departments_path')).map(({ path }) => path.length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(1024);
    expect(departments.count.created).toBeGreaterThan(50);
  });

  it('keeps a department in which somebody put a member or a child, and says so', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'a', title: 'H-a' },
      { uid: 'b', title: 'H-b' },
    ]);
    const [a, b] = [await rowOf('H-a'), await rowOf('H-b')];
    const user = (await host.db.getRepository('users').create({ values: { username: 'h-by-hand' } })) as { id: number };
    await members(a.id).add(user.id);
    await byHand({ title: 'H-child', parentId: b.id });
    const { departments } = await source.departments([
      { uid: 'a', isDeleted: true },
      { uid: 'b', isDeleted: true },
    ]);
    expect(failures(departments)).toEqual({ a: 'HAS_DEPENDENTS', b: 'HAS_DEPENDENTS' });
    expect(departments.failedRecords.map(({ message }) => message)).toEqual([
      expect.stringContaining('(members: 1)'),
      expect.stringContaining('(subdepartments: 1)'),
    ]);
    expect(await department('H-a')).toMatchObject({ members: ['h-by-hand'] });
    await members(a.id).remove(user.id);
    expect((await source.departments([{ uid: 'a', isDeleted: true }])).departments.count).toMatchObject({ deleted: 1 });
  });

  it('deletes a department with the members that the source made, and makes them again when it comes back', async () => {
    const source = newSource();
    await source.departments([
      { uid: 'top', title: 'I-top' },
      { uid: 'gone', title: 'I-gone', parentUid: 'top' },
      { uid: 'child', title: 'I-child', parentUid: 'gone' },
    ]);
    await source.users([
      { uid: 'u', username: 'i-member', departments: [{ uid: 'gone', isMain: true, isOwner: true }, 'top'] },
    ]);
    const removed = await source.departments([{ uid: 'gone', isDeleted: true }]);
    expect(removed.departments.count).toMatchObject({ deleted: 1, failed: 0 });
    const without = await readOrganisation(host);
    expect(without.users.get('i-member')).toMatchObject({ departments: ['I-top'], mainDepartment: 'I-top' });
    expect(without.departments.get('I-child')).toMatchObject({ parent: null, path: ['I-child'] });
    expect(without.departments.get('I-top')).toMatchObject({ isLeaf: true });

    await source.departments([{ uid: 'gone', title: 'I-gone', parentUid: 'top' }]);
    const again = await readOrganisation(host);
    expect(again.users.get('i-member')).toMatchObject({ departments: ['I-gone', 'I-top'], mainDepartment: 'I-gone' });
    expect(again.departments.get('I-gone')).toMatchObject({ owners: ['i-member'], parent: 'I-top' });
    expect(again.departments.get('I-child')).toMatchObject({ path: ['I-top', 'I-gone', 'I-child'] });
    const before = await dumpWritable(host);
    await source.departments([
      { uid: 'top', title: 'I-top' },
      { uid: 'gone', title: 'I-gone', parentUid: 'top' },
      { uid: 'child', title: 'I-child', parentUid: 'gone' },
    ]);
    expect(await dumpWritable(host)).toBe(before);
  });

  it('deletes a whole subtree in one delivery, in any order', async () => {
    const source = await newSource().decide({ limits: { departments: { count: 6, percent: 100 } } });
    const tree = [
      { uid: 'a', title: 'J-a' },
      { uid: 'b', title: 'J-b', parentUid: 'a' },
      { uid: 'c', title: 'J-c', parentUid: 'b' },
    ];
    for (const order of [
      ['a', 'b', 'c'],
      ['c', 'a', 'b'],
    ]) {
      await source.departments(tree);
      const { departments } = await source.departments(order.map((uid) => ({ uid, isDeleted: true })));
      expect(departments.count).toMatchObject({ deleted: 3, failed: 0 });
      expect([await rowOf('J-a'), await rowOf('J-b'), await rowOf('J-c')]).toEqual([undefined, undefined, undefined]);
    }
    const records = await host.rows<{ id: number }>('userDataSyncRecords', {
      where: { sourceName: source.sourceName },
    });
    const recordId = records.map(({ id }) => id);
    expect(await host.rows('userDataSyncRecordsResources', { where: { recordId } })).toEqual([]);
    expect(await host.rows('userDataSyncPendingLinks', { where: { recordId } })).toEqual([]);
  });

  it('makes a department again that somebody deleted by hand, with the members that the source delivers', async () => {
    const source = newSource();
    await source.departments([{ uid: 'a', title: 'K-a' }]);
    await source.users([{ uid: 'u', username: 'k-member', departments: ['a'] }]);
    await host.db.getRepository('departments').destroy({ filterByTk: (await rowOf('K-a')).id });
    expect((await source.departments([{ uid: 'a', title: 'K-a' }])).departments.count).toMatchObject({ created: 1 });
    expect(await department('K-a')).toMatchObject({ members: ['k-member'] });
  });

  it('does not let a source write where a department stands in the tree by any other name', async () => {
    const source = newSource();
    const parent = await byHand({ title: 'L-by-hand' });
    const { departments } = await source.departments([
      { uid: 'a', title: 'L-a', parentId: parent.id, isLeaf: false, owners: [1], members: [1], roles: ['root'] },
    ]);
    expect(departments.warnings.map(({ params }) => params.field).sort()).toEqual([
      'isLeaf',
      'members',
      'owners',
      'parentId',
      'roles',
    ]);
    expect(await department('L-a')).toMatchObject({ parent: null, isLeaf: true, members: [] });
  });
});
