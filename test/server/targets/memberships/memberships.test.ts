import type { BelongsToManyRepository } from '@nocobase/database';
import { TestApp } from '../../../support/app';
import { dumpWritable, readOrganisation } from '../../../support/organisation';
import { Pusher } from '../../../support/pushing';

describe('memberships', () => {
  let host: TestApp;
  let sources = 0;

  /** A source with departments A, B and C, titled after the test. */
  const newSource = async (test: string) => {
    const source = new Pusher(host, `source-${(sources += 1)}`);
    await source.departments(['A', 'B', 'C'].map((uid) => ({ uid, title: `${test}-${uid}` })));
    return source;
  };
  const user = async (username: string) => (await readOrganisation(host)).users.get(username);
  const department = async (title: string) => (await readOrganisation(host)).departments.get(title);
  const departmentId = async (title: string) =>
    (await host.rows<{ id: number }>('departments', { where: { title } }))[0].id;
  const createByHand = async (username: string) =>
    ((await host.db.getRepository('users').create({ values: { username } })) as { id: number }).id;
  const addByHand = async (title: string, userId: number, isOwner = false) => {
    await members(await departmentId(title)).add(userId);
    const where = { departmentId: await departmentId(title), userId };
    await host.db.getModel('departmentsUsers').update({ isOwner }, { where });
  };

  /** The repository that the page's member list writes with. */
  const members = (id: number) => host.db.getRepository<BelongsToManyRepository>('departments.members', id);

  beforeAll(async () => {
    host = await TestApp.start();
  });
  afterAll(() => host?.stop());

  it('adds, removes, makes owner and main as delivered', async () => {
    const source = await newSource('a');
    await source.users([{ uid: '1', username: 'a1', departments: ['A', { uid: 'B', isOwner: true, isMain: true }] }]);
    expect(await user('a1')).toMatchObject({ departments: ['a-A', 'a-B'], mainDepartment: 'a-B' });
    expect(await department('a-B')).toMatchObject({ owners: ['a1'] });
    await source.users([{ uid: '1', departments: [{ uid: 'B' }, { uid: 'C', isMain: true }] }]);
    expect(await user('a1')).toMatchObject({ departments: ['a-B', 'a-C'], mainDepartment: 'a-C' });
    expect(await department('a-B')).toMatchObject({ owners: [] });
  });

  it('leaves memberships alone when the field is absent, and removes its own when it is empty', async () => {
    const source = await newSource('b');
    await source.users([{ uid: '1', username: 'b1', departments: ['A'] }]);
    await source.users([{ uid: '1', nickname: 'Still there' }]);
    expect(await user('b1')).toMatchObject({ departments: ['b-A'] });
    await source.users([{ uid: '1', departments: [] }]);
    expect(await user('b1')).toMatchObject({ departments: [], mainDepartment: null });
  });

  it('keeps a member that was added by hand, and the departments that a person gave to a user', async () => {
    const source = await newSource('c');
    await source.users([{ uid: '1', username: 'c1', departments: ['A'] }]);
    const [{ id }] = await host.rows<{ id: number }>('users', { where: { username: 'c1' } });
    await addByHand('c-B', id, true);
    await addByHand('c-A', await createByHand('c-hand'));
    await source.users([{ uid: '1', departments: ['C'] }]);
    expect(await user('c1')).toMatchObject({ departments: ['c-B', 'c-C'] });
    expect(await department('c-B')).toMatchObject({ owners: ['c1'] });
    expect(await department('c-A')).toMatchObject({ members: ['c-hand'] });
  });

  it('unlinks a membership that existed before, without removing it', async () => {
    const source = await newSource('d');
    const id = await createByHand('d1');
    await addByHand('d-A', id);
    await source.users([{ uid: '1', username: 'd1', departments: ['A', 'B'] }], 'username');
    expect(await user('d1')).toMatchObject({ departments: ['d-A', 'd-B'] });
    await source.users([{ uid: '1', departments: [] }]);
    expect(await user('d1')).toMatchObject({ departments: ['d-A'] });
  });

  it('puts back a membership and an owner that somebody changed, as long as the source delivers them', async () => {
    const source = await newSource('e');
    const record = { uid: '1', username: 'e1', departments: [{ uid: 'A', isOwner: true }] };
    await source.users([record]);
    const [{ id }] = await host.rows<{ id: number }>('users', { where: { username: 'e1' } });
    await host.db.getModel('departmentsUsers').update({ isOwner: false }, { where: { userId: id } });
    await source.users([record]);
    expect(await department('e-A')).toMatchObject({ owners: ['e1'] });
    await members(await departmentId('e-A')).remove(id);
    await source.users([record]);
    expect(await department('e-A')).toMatchObject({ members: ['e1'], owners: ['e1'] });
  });

  it('keeps the memberships of another source', async () => {
    const hr = await newSource('f');
    const ldap = await newSource('f-ldap');
    await hr.users([{ uid: '1', username: 'f1', departments: ['A'] }]);
    await ldap.users([{ uid: 'x', username: 'f1', departments: ['A'] }], 'username');
    expect(await user('f1')).toMatchObject({ departments: ['f-A', 'f-ldap-A'] });
    await hr.users([{ uid: '1', departments: [] }]);
    expect(await user('f1')).toMatchObject({ departments: ['f-ldap-A'] });
    await hr.users([{ uid: '1', isDeleted: true }]);
    expect(await user('f1')).toMatchObject({ departments: ['f-ldap-A'] });
  });

  it('keeps the main department that a person chose while the source names none', async () => {
    const source = await newSource('g');
    const record = { uid: '1', username: 'g1', departments: ['A', 'B'] };
    await source.users([record]);
    const repository = host.db.getRepository('users');
    const values = { mainDepartmentId: await departmentId('g-B') };
    await repository.update({ filter: { username: 'g1' }, values });
    await source.users([record]);
    expect(await user('g1')).toMatchObject({ mainDepartment: 'g-B' });
    await source.users([{ uid: '1', departments: ['A'] }]);
    expect(await user('g1')).toMatchObject({ mainDepartment: 'g-A' });
  });

  it('warns about a department that has not come, once for all who wait, and writes nothing the second time', async () => {
    const source = await newSource('h');
    const records = ['1', '2'].map((uid) => ({ uid, username: `h${uid}`, departments: ['A', 'later'] }));
    const { departments } = await source.users(records);
    expect(departments.warnings).toMatchObject([{ code: 'DEPARTMENT_NOT_FOUND', count: 2, uids: ['1', '2'] }]);
    const before = await dumpWritable(host);
    await source.users(records);
    expect(await dumpWritable(host)).toBe(before);
    const arrived = await source.departments([{ uid: 'later', title: 'h-later' }]);
    expect(arrived.departments.count).toMatchObject({ all: 1, created: 1 });
    expect(await department('h-later')).toMatchObject({ members: ['h1', 'h2'] });
  });

  it('remembers what a user waits for when a later record does not speak of departments', async () => {
    const source = await newSource('l');
    await source.users([{ uid: '1', username: 'l1', departments: [{ uid: 'later', isOwner: true }] }]);
    await source.users([{ uid: '1', nickname: 'Still waiting' }]);
    await source.departments([{ uid: 'later', title: 'l-later' }]);
    expect(await department('l-later')).toMatchObject({ members: ['l1'], owners: ['l1'] });
  });

  it('puts nobody into a department that arrives after its member was deleted by hand', async () => {
    const source = await newSource('m');
    await source.users([{ uid: '1', username: 'm1', departments: ['later'] }]);
    await host.db.getRepository('users').destroy({ filter: { username: 'm1' } });
    await source.departments([{ uid: 'later', title: 'm-later' }]);
    const departmentIds = [await departmentId('m-later')];
    expect(await host.rows('departmentsUsers', { where: { departmentId: departmentIds } })).toEqual([]);
    await source.users([{ uid: '1', username: 'm1' }]);
    expect(await department('m-later')).toMatchObject({ members: ['m1'] });
  });

  it('takes memberships over with the user who comes back under another uid', async () => {
    const source = await newSource('n');
    await source.users([{ uid: 'old', username: 'n1', departments: ['A', 'later'] }]);
    await source.full('user', [{ uid: 'new', username: 'n1', departments: ['B'] }], 'username');
    expect(await user('n1')).toMatchObject({ departments: ['n-B'] });
    const pending = await host.rows('userDataSyncPendingLinks', { where: { sourceName: source.sourceName } });
    expect(pending).toEqual([]);
    await source.users([{ uid: 'new', departments: [] }]);
    const { departments } = await source.departments(['A', 'B'].map((uid) => ({ uid, isDeleted: true })));
    expect(departments.count).toMatchObject({ deleted: 2, failed: 0 });
  });

  it('removes nobody from where a person put them because another user with the same record was there', async () => {
    const source = await newSource('o');
    await source.users([{ uid: '1', username: 'o1', departments: ['A'] }]);
    await host.db.getRepository('users').destroy({ filter: { username: 'o1' } });
    await addByHand('o-A', await createByHand('o2'));
    await source.users([{ uid: '1', username: 'o2', departments: ['A', 'B'] }], 'username');
    await source.users([{ uid: '1', departments: [] }]);
    expect(await user('o2')).toMatchObject({ departments: ['o-A'] });
  });

  it('removes a membership that a person had made and taken away, and that the source has made since', async () => {
    const source = await newSource('p');
    const id = await createByHand('p1');
    await addByHand('p-A', id);
    const record = { uid: '1', username: 'p1', departments: ['A'] };
    await source.users([record], 'username');
    await members(await departmentId('p-A')).remove(id);
    await source.users([record]);
    await source.users([{ uid: '1', departments: [] }]);
    expect(await user('p1')).toMatchObject({ departments: [] });
  });

  it('puts members back into a department that was deleted by hand, removed, and delivered again', async () => {
    const source = await newSource('q');
    await source.users([{ uid: '1', username: 'q1', departments: ['A'] }]);
    await host.db.getRepository('departments').destroy({ filter: { title: 'q-A' } });
    await source.departments([{ uid: 'A', isDeleted: true }]);
    await source.departments([{ uid: 'A', title: 'q-A' }]);
    expect(await department('q-A')).toMatchObject({ members: ['q1'] });
  });

  it('leaves members in a department that is kept, and puts them into the next one of its uid, too', async () => {
    const source = await (await newSource('r')).decide({ removal: { departments: 'keep' } });
    const record = { uid: '1', username: 'r1', departments: ['A', 'B'] };
    await source.users([record]);
    await source.departments([
      { uid: 'B', title: 'r-B', parentUid: 'A' },
      { uid: 'A', isDeleted: true },
    ]);
    const before = await dumpWritable(host);
    await source.departments([{ uid: 'B', title: 'r-B', parentUid: 'A' }]);
    expect(await dumpWritable(host)).toBe(before);
    await source.users([record]);
    expect(await dumpWritable(host)).toBe(before);
    expect(await user('r1')).toMatchObject({ departments: ['r-A', 'r-B'] });
    await source.departments([{ uid: 'A', title: 'r-A2' }]);
    expect(await user('r1')).toMatchObject({ departments: ['r-A', 'r-A2', 'r-B'] });
    expect(await department('r-B')).toMatchObject({ parent: 'r-A2' });
  });

  it('makes the links of thousands who wait when the department arrives', async () => {
    const source = await newSource('i');
    const records = Array.from({ length: 2500 }, (_, index) => ({
      uid: `${index}`,
      username: `i${index}`,
      departments: ['late'],
    }));
    await source.users(records);
    await source.departments([{ uid: 'late', title: 'i-late' }]);
    expect((await department('i-late'))?.members).toHaveLength(2500);
  });

  it('does not touch the memberships of a record that fails', async () => {
    const source = await newSource('j');
    await createByHand('j-taken');
    await source.users([{ uid: '1', username: 'j1', departments: ['A'] }]);
    const { users, departments } = await source.users([{ uid: '1', username: 'j-taken', departments: ['B'] }]);
    expect(users.count.failed).toBe(1);
    expect(departments.count.all).toBe(0);
    expect(await user('j1')).toMatchObject({ departments: ['j-A'] });
  });

  it('counts one main department, and says when several are marked', async () => {
    const source = await newSource('k');
    const departments = [
      { uid: 'B', isMain: true },
      { uid: 'A', isMain: true },
    ];
    const { users } = await source.users([{ uid: '1', username: 'k1', departments }]);
    expect(users.warnings).toMatchObject([{ code: 'SEVERAL_MAIN_DEPARTMENTS' }]);
    expect(await user('k1')).toMatchObject({ mainDepartment: 'k-B' });
  });
});
