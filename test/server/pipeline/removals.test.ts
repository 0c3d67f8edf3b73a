import { DisabledUserStore } from '../../../src/server/disabled-users';
import { TestApp } from '../../support/app';
import { failures, Pusher, type Results } from '../../support/pushing';

/** One row of the table: what a source with a policy does to one kind of person. */
interface Scenario {
  readonly policy: 'disable' | 'delete' | 'keep';
  readonly mode: 'delta' | 'full';
  readonly person: keyof typeof PEOPLE;
}

/** What becomes of a user: counted as, and found as. */
interface Fate {
  readonly counted: 'disabled' | 'deleted' | 'unlinked';
  readonly found: 'enabled' | 'disabled' | 'deleted';
  /** What the person counts as when the source delivers them again. */
  readonly returning: 'enabled' | 'linked' | 'created';
}

/** Who the person is besides a record of the source, and what each policy makes of them. */
const PEOPLE = {
  'made by the source': {
    disable: { counted: 'disabled', found: 'disabled', returning: 'enabled' },
    delete: { counted: 'deleted', found: 'deleted', returning: 'created' },
    keep: { counted: 'unlinked', found: 'enabled', returning: 'linked' },
  },
  'made by hand': {
    disable: { counted: 'disabled', found: 'disabled', returning: 'enabled' },
    delete: { counted: 'disabled', found: 'disabled', returning: 'enabled' },
    keep: { counted: 'unlinked', found: 'enabled', returning: 'linked' },
  },
  'claimed by a second source': {
    disable: { counted: 'unlinked', found: 'enabled', returning: 'linked' },
    delete: { counted: 'unlinked', found: 'enabled', returning: 'linked' },
    keep: { counted: 'unlinked', found: 'enabled', returning: 'linked' },
  },
  'disabled by hand': {
    disable: { counted: 'unlinked', found: 'disabled', returning: 'linked' },
    delete: { counted: 'deleted', found: 'deleted', returning: 'created' },
    keep: { counted: 'unlinked', found: 'disabled', returning: 'linked' },
  },
} as const satisfies Record<string, Record<Scenario['policy'], Fate>>;

const SCENARIOS: Scenario[] = (['disable', 'delete', 'keep'] as const).flatMap((policy) =>
  (['delta', 'full'] as const).flatMap((mode) =>
    (Object.keys(PEOPLE) as Scenario['person'][]).map((person) => ({ policy, mode, person })),
  ),
);

describe('removals', () => {
  let host: TestApp;
  let sources = 0;
  const newSource = () => new Pusher(host, `source-${(sources += 1)}`);
  const users = () => host.db.getRepository('users');
  const userNamed = async (username: string) =>
    (await host.rows<{ id: number; isDisabled: unknown }>('users', { where: { username } })).at(0);
  const stateOf = async (username: string) => {
    const user = await userNamed(username);
    return user ? (user.isDisabled ? 'disabled' : 'enabled') : 'deleted';
  };

  beforeAll(async () => {
    host = await TestApp.start();
  });
  afterAll(() => host?.stop());

  it.each(SCENARIOS)('$policy, $mode: a person $person goes, stays gone, and returns', async (scenario) => {
    const { policy, mode, person } = scenario;
    const fate: Fate = PEOPLE[person][policy];
    const source = await newSource().decide({ removal: { users: policy } });
    const prefix = source.sourceName;
    const [leaver, stayer] = [`${prefix}-leaver`, `${prefix}-stayer`];
    const here = { uid: 'leaver', username: leaver };
    const others = [{ uid: 'stayer', username: stayer }];
    await users().create({ values: { username: `${prefix}-neighbour` } });
    const neighbour = await newSource().users([{ uid: 'leaver', username: `${prefix}-namesake` }]);
    expect(neighbour.users.count.created).toBe(1);

    if (person === 'made by hand') await users().create({ values: { username: leaver } });
    await source.users([here, ...others], 'username');
    if (person === 'claimed by a second source') await newSource().users([{ uid: 'x', username: leaver }], 'username');
    if (person === 'disabled by hand') await disable(leaver);

    const goes = (): Promise<Results> =>
      mode === 'full' ? source.full('user', others) : source.users([{ uid: 'leaver', isDeleted: true }]);
    const gone = (await goes()).users;
    expect(gone.count).toMatchObject({ [fate.counted]: 1, failed: 0 });
    expect(await stateOf(leaver)).toBe(fate.found);
    expect(await Promise.all([stayer, `${prefix}-neighbour`, `${prefix}-namesake`].map(stateOf))).toEqual(
      Array(3).fill('enabled'),
    );

    const again = (await goes()).users.count;
    expect(again).toMatchObject({ disabled: 0, deleted: 0, unlinked: 0, updated: 0, failed: 0 });
    expect(await stateOf(leaver)).toBe(fate.found);

    const returned = (await source.users([here], 'username')).users.count;
    expect(returned).toMatchObject({ [fate.returning]: 1, failed: 0 });
    expect(await stateOf(leaver)).toBe(person === 'disabled by hand' && policy !== 'delete' ? 'disabled' : 'enabled');
    expect((await source.users([here], 'username')).users.count.unchanged).toBe(1);
    if (fate.returning !== 'created') expect(await host.rows('users', { where: { username: leaver } })).toHaveLength(1);
    for (const username of [leaver, stayer])
      expect(
        await host.rows('rolesUsers', { where: { userId: (await userNamed(username))?.id, roleName: 'member' } }),
      ).toHaveLength(1);

    async function disable(username: string): Promise<void> {
      const user = await userNamed(username);
      await host.db.sequelize.transaction((transaction) =>
        new DisabledUserStore(host.db).disable([user?.id ?? 0], { cause: 'hand' }, transaction),
      );
    }
  });

  it.each(['delete', 'keep'] as const)(
    '%s: departments go or stay, and what is not the source stays',
    async (policy) => {
      const source = await newSource().decide({ removal: { departments: policy } });
      const prefix = source.sourceName;
      const title = (uid: string) => `${prefix}-${uid}`;
      const all = ['a', 'b', 'c'].map((uid) => ({ uid, title: title(uid) }));
      await source.departments(all);
      await source.departments([{ uid: 'a1', title: title('a1'), parentUid: 'a' }]);
      const departments = host.db.getRepository('departments');
      const idOf = async (uid: string) =>
        (await host.rows<{ id: number }>('departments', { where: { title: title(uid) } }))[0]?.id;
      await departments.create({ values: { title: title('by-hand'), parentId: await idOf('b') } });

      const gone = await source.full('department', [all[2]]);
      expect(gone.departments.count).toMatchObject(
        policy === 'delete' ? { deleted: 2, failed: 1 } : { unlinked: 3, failed: 0 },
      );
      const expected = policy === 'delete' ? ['b', 'by-hand', 'c'] : ['a', 'a1', 'b', 'by-hand', 'c'];
      const found = await host.rows<{ title: string }>('departments');
      const titles = found.map((row) => row.title).filter((name) => name.startsWith(`${prefix}-`));
      expect(titles.sort()).toEqual(expected.map(title));
      if (policy === 'delete') {
        expect(failures(gone.departments)).toEqual({ b: 'HAS_DEPENDENTS' });
        await departments.destroy({ filter: { title: title('by-hand') } });
        expect((await source.full('department', [all[2]])).departments.count).toMatchObject({ deleted: 1, failed: 0 });
      }
    },
  );

  it('keeps memberships of who is disabled, so that everything is there when they come back', async () => {
    const source = newSource();
    await source.departments([{ uid: 'd', title: `${source.sourceName}-d` }]);
    const ann = { uid: 'ann', username: `${source.sourceName}-ann`, departments: ['d'] };
    await source.users([ann, { uid: 'bob', username: `${source.sourceName}-bob` }]);
    const memberships = async () =>
      host.rows('departmentsUsers', { where: { userId: (await userNamed(ann.username))?.id } });
    await source.full('user', [{ uid: 'bob' }]);
    expect(await stateOf(ann.username)).toBe('disabled');
    expect(await memberships()).toHaveLength(1);
    expect((await source.users([{ uid: 'ann' }])).users.count.enabled).toBe(1);
    expect(await memberships()).toHaveLength(1);
  });

  it('keeps memberships of who was disabled already', async () => {
    const source = newSource();
    await source.departments([{ uid: 'd', title: `${source.sourceName}-d` }]);
    const username = `${source.sourceName}-ann`;
    await source.users([{ uid: 'ann', username, departments: ['d'] }]);
    const userId = (await userNamed(username))?.id ?? 0;
    await host.plugin.userDisabling.disable(userId);
    expect((await source.users([{ uid: 'ann', isDeleted: true }])).users.count.unlinked).toBe(1);
    expect(await host.rows('departmentsUsers', { where: { userId } })).toHaveLength(1);
    expect((await source.users([{ uid: 'ann', isDeleted: true }])).departments.count.unchanged).toBe(1);
    expect(await host.rows('departmentsUsers', { where: { userId } })).toHaveLength(1);
  });

  it('takes over who comes back under another uid', async () => {
    const source = newSource();
    const username = `${source.sourceName}-cleo`;
    await source.users([{ uid: 'old', username }]);
    const swapped = await source.full('user', [{ uid: 'new', username }], 'username');
    expect(swapped.users.count).toMatchObject({ disabled: 1, enabled: 1, failed: 0 });
    expect(await stateOf(username)).toBe('enabled');
    expect((await source.full('user', [{ uid: 'new', username }])).users.count).toMatchObject({ unchanged: 1, all: 1 });
  });

  it('gives the user of who is gone to the record that can be applied, and not to one that fails', async () => {
    const source = newSource();
    const [email, taken] = [`${source.sourceName}@example.com`, `${source.sourceName}-taken`];
    await users().create({ values: { username: taken } });
    await source.users([{ uid: 'old', username: `${source.sourceName}-old`, email }]);
    const { users: swapped } = await source.full(
      'user',
      [
        { uid: 'bad', username: taken, email },
        { uid: 'new', email },
      ],
      'email',
    );
    expect(failures(swapped)).toEqual({ bad: 'UNIQUE_CONFLICT' });
    expect(swapped.count).toMatchObject({ disabled: 1, enabled: 1, failed: 1 });
  });

  it('gives a user back to the record that had it, and not to another that matches', async () => {
    const source = newSource();
    const email = `${source.sourceName}@example.com`;
    await source.users([{ uid: 'a', username: `${source.sourceName}-a`, email }]);
    await source.users([{ uid: 'a', isDeleted: true }]);
    const { users: back } = await source.users([{ uid: 'b', email }, { uid: 'a' }], 'email');
    expect(failures(back)).toEqual({ b: 'MATCH_CONFLICT' });
    expect(back.count).toMatchObject({ enabled: 1, failed: 1 });
    expect((await source.users([{ uid: 'a' }])).users.count.unchanged).toBe(1);
  });

  it('removes nobody as missing while a record came that nobody can tell the owner of', async () => {
    const source = newSource();
    const people = ['a', 'b', 'c'].map((uid) => ({ uid, username: `${source.sourceName}-${uid}` }));
    await source.users(people);
    const { users: held } = await source.full('user', [people[0], { username: 'who' }]);
    expect(held.count).toMatchObject({ failed: 1, disabled: 0, unchanged: 1 });
    expect(held.warnings).toMatchObject([{ code: 'REMOVALS_POSTPONED', count: 1 }]);
    const rejected = await source.full('user', [people[0], { uid: 'b', departments: 5 }]);
    expect(rejected.users.count).toMatchObject({ failed: 1, disabled: 1 });
    expect(await stateOf(people[1].username)).toBe('enabled');
    expect(await stateOf(people[2].username)).toBe('disabled');
  });

  it.each([
    ['an empty uid', { uid: '' }],
    ['a uid that has lost digits', { uid: 2 ** 60 }],
    ['a uid that is too long', { uid: 'x'.repeat(256) }],
  ])('removes nobody as missing while a record came with %s', async (_, record) => {
    const source = newSource();
    const people = ['a', 'b'].map((uid) => ({ uid, username: `${source.sourceName}-${uid}` }));
    await source.users(people);
    const { users: held } = await source.full('user', [people[0], record]);
    expect(held.count).toMatchObject({ failed: 1, disabled: 0, unchanged: 1 });
    expect(held.warnings).toMatchObject([{ code: 'REMOVALS_POSTPONED' }]);
    expect(await stateOf(people[1].username)).toBe('enabled');
  });

  it('keeps whom a check of another plugin still needs, and fails closed when the check breaks', async () => {
    const source = newSource();
    const people = ['a', 'b'].map((uid) => ({ uid, username: `${source.sourceName}-${uid}` }));
    await source.users([...people, { uid: 'c', username: `${source.sourceName}-c` }]);
    const needed = (await userNamed(people[0].username))?.id ?? 0;
    let isBroken = false;
    host.plugin.resourceManager.registerRemovalCheck('users', ({ sourceName, rowIds }) => {
      if (sourceName !== source.sourceName) return new Map();
      if (isBroken) throw new Error('no answer');
      return new Map(rowIds.includes(needed) ? [[needed, '3 open approvals']] : []);
    });
    const gone = await source.full('user', [{ uid: 'c' }]);
    expect(gone.users.count).toMatchObject({ disabled: 1, failed: 1 });
    expect(gone.users.failedRecords).toMatchObject([{ record: { uid: 'a' }, code: 'HAS_DEPENDENTS' }]);
    expect(gone.users.failedRecords[0].message).toContain('3 open approvals');
    isBroken = true;
    const closed = await source.users([{ uid: 'c', isDeleted: true }]);
    expect(closed.users.failedRecords[0].message).toContain('no answer');
    expect(await stateOf(`${source.sourceName}-c`)).toBe('enabled');
  });

  it('creates users up to the limit, and lets in who follows somebody that leaves', async () => {
    const source = newSource();
    const name = (uid: string) => ({ uid, username: `${source.sourceName}-${uid}` });
    const { settings } = host.plugin;
    const enabled = await new DisabledUserStore(host.db).countEnabled();
    await settings.save({ ...(await settings.read()), userLimit: enabled + 2 });
    try {
      const first = await source.users(['a', 'b', 'c'].map(name));
      expect(first.users.count).toMatchObject({ created: 2, failed: 1 });
      expect(failures(first.users)).toEqual({ c: 'USER_LIMIT' });
      const swapped = await source.full('user', ['b', 'c'].map(name));
      expect(swapped.users.count).toMatchObject({ disabled: 1, created: 1, failed: 0 });
      expect(failures((await source.users([name('a')])).users)).toEqual({ a: 'USER_LIMIT' });
      expect(await stateOf(name('a').username)).toBe('disabled');
    } finally {
      await settings.save({ ...(await settings.read()), userLimit: null });
    }
  });

  it('disables thousands at once', async () => {
    const source = await newSource().decide({ limits: { users: { count: 10_000, percent: 100 } } });
    const people = Array.from({ length: 5000 }, (_, at) => ({ uid: `${at}`, username: `${source.sourceName}-${at}` }));
    await source.users(people);
    const gone = await source.full('user', people.slice(0, 1));
    expect(gone.users.count).toMatchObject({ disabled: 4999, unchanged: 1, failed: 0 });
    expect(
      await users().count({ filter: { username: { $includes: `${source.sourceName}-` }, isDisabled: true } }),
    ).toBe(4999);
  });
});
