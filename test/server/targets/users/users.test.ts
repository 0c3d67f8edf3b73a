import { TestApp } from '../../../support/app';
import { dumpWritable } from '../../../support/organisation';
import { failures, Pusher } from '../../../support/pushing';

describe('users', () => {
  let host: TestApp;
  let sources = 0;
  const newSource = () => new Pusher(host, `source-${(sources += 1)}`);

  beforeAll(async () => {
    host = await TestApp.start();
    const fields = host.db.getCollection('users');
    fields.addField('employeeNo', { type: 'string', unique: true });
    fields.addField('age', { type: 'integer' });
    fields.addField('salary', { type: 'decimal' });
    fields.addField('remote', { type: 'boolean' });
    fields.addField('hiredAt', { type: 'date' });
    fields.addField('birthday', { type: 'dateOnly' });
    fields.addField('tags', { type: 'array' });
    fields.addField('profile', { type: 'json' });
    fields.addField('note', { type: 'text' });
    await host.db.sync();
  });
  afterAll(() => host?.stop());

  const byUsername = async (username: string) => (await host.rows('users', { where: { username } }))[0];
  const byHand = async (values: object) => (await host.db.getRepository('users').create({ values })) as { id: number };

  it('creates, changes, empties and leaves values as delivered', async () => {
    const source = newSource();
    await source.users([{ uid: '1', username: 'a1', nickname: 'Anna', email: 'a1@example.com', phone: '1' }]);
    const changed = await source.users([{ uid: '1', nickname: 'Anne', email: null, phone: '' }]);
    expect(changed.users.count).toMatchObject({ updated: 1, failed: 0 });
    expect(await byUsername('a1')).toMatchObject({ nickname: 'Anne', email: null, phone: null });
  });

  it('puts back what somebody changed, and only what the source delivers', async () => {
    const source = newSource();
    await source.users([{ uid: '1', username: 'b1', nickname: 'Ben' }]);
    await host.db.getRepository('users').update({ filter: { username: 'b1' }, values: { nickname: 'X', phone: '77' } });
    await source.users([{ uid: '1', username: 'b1', nickname: 'Ben' }]);
    expect(await byUsername('b1')).toMatchObject({ nickname: 'Ben', phone: '77' });
  });

  it('keeps any JSON value in a json field, a text, too, and writes nothing the second time', async () => {
    const source = newSource();
    const values = ['text', '', '5', 5, 'true', true, 'null', '{"a":1}', { a: 1 }, '["x"]', ['x'], 'é"\\\n', 0, false];
    const records = values.map((profile, at) => ({ uid: `json ${at}`, username: `json${at}`, profile }));
    expect((await source.users(records)).users.failedRecords).toEqual([]);
    const stored = async () => {
      const rows = await Promise.all(
        records.map(({ username }) => host.db.getRepository('users').findOne({ filter: { username } })),
      );
      return rows.map((row) => row?.get('profile') as unknown);
    };
    expect(await stored()).toEqual(values);
    const before = await dumpWritable(host);
    expect((await source.users(records)).users.count).toMatchObject({ unchanged: values.length });
    expect(await dumpWritable(host)).toBe(before);

    // Each value takes the place of the next one, which may look like it.
    const moved = records.map((record, at) => ({ ...record, profile: values[(at + 1) % values.length] }));
    expect((await source.users(moved)).users.count).toMatchObject({ updated: values.length, failed: 0 });
    expect(await stored()).toEqual(moved.map(({ profile }) => profile));
  });

  it('stores every plain type of field, writes nothing the second time, and refuses what does not fit', async () => {
    const source = newSource();
    const record = {
      uid: '1',
      username: 'c1',
      employeeNo: 17,
      age: '41',
      salary: 1234.5,
      remote: 'true',
      hiredAt: '2026-03-01T08:00:00.000Z',
      birthday: '1985-02-03',
      tags: ['x', 'y'],
      profile: { team: { name: 'Blue' } },
      note: 'long '.repeat(200),
    };
    expect((await source.users([record])).users.failedRecords).toEqual([]);
    const stored = await host.db.getRepository('users').findOne({ filter: { username: 'c1' } });
    expect(stored?.toJSON()).toMatchObject({
      employeeNo: '17',
      age: 41,
      remote: true,
      birthday: '1985-02-03',
      tags: ['x', 'y'],
      profile: { team: { name: 'Blue' } },
    });
    expect(Number(stored?.get('salary'))).toBe(1234.5);
    expect(new Date(stored?.get('hiredAt') as string).toISOString()).toBe('2026-03-01T08:00:00.000Z');

    const before = await dumpWritable(host);
    expect((await source.users([record])).users.count).toMatchObject({ unchanged: 1 });
    expect(await dumpWritable(host)).toBe(before);

    const wrong: [string, unknown][] = [
      ['age', 'old'],
      ['age', 1.5],
      ['salary', 'much'],
      ['remote', 'perhaps'],
      ['hiredAt', 'yesterday'],
      ['birthday', '3.2.1985'],
      ['tags', 'x'],
      ['nickname', { first: 'A' }],
      ['nickname', true],
      ['username', 'with\0zero'],
    ];
    for (const [field, value] of wrong) {
      const { users } = await source.users([{ uid: '1', [field]: value }]);
      expect(users.failedRecords).toMatchObject([{ code: 'VALUE_INVALID' }]);
      expect(users.failedRecords[0].message).toContain(`records[0].${field}`);
    }
    const { users } = await source.users([{ uid: '1', nickname: 'x'.repeat(256) }]);
    expect(users.failedRecords).toMatchObject([{ code: 'VALUE_TOO_LONG' }]);
  });

  it('finds an existing user by the match key, and keeps the link when the key changes', async () => {
    const source = newSource();
    const { id } = await byHand({ username: 'd1', email: 'd1@example.com', nickname: 'Dora' });
    const linked = await source.users([{ uid: '1', email: 'd1@example.com', nickname: 'Dora D.' }], 'email');
    expect(linked.users.count).toMatchObject({ linked: 1, created: 0 });
    await source.users([{ uid: '1', email: 'dora@example.com' }], 'email');
    expect(await byUsername('d1')).toMatchObject({ id, nickname: 'Dora D.', email: 'dora@example.com' });
  });

  it('matches nobody by an empty value', async () => {
    const source = newSource();
    await byHand({ username: 'e-without-mail' });
    const { users } = await source.users(
      [
        { uid: '1', username: 'e1', email: '' },
        { uid: '2', username: 'e2', email: null },
      ],
      'email',
    );
    expect(users.count).toMatchObject({ created: 2, linked: 0 });
  });

  it('does not give one user to two records of a source', async () => {
    const source = newSource();
    await byHand({ username: 'f1', phone: '600' });
    const both = await source.users(
      [
        { uid: '1', phone: '600' },
        { uid: '2', phone: '600' },
      ],
      'phone',
    );
    expect(failures(both.users)).toEqual({ '2': 'MATCH_CONFLICT' });
    const later = await source.users([{ uid: '3', phone: '600' }], 'phone');
    expect(failures(later.users)).toEqual({ '3': 'MATCH_CONFLICT' });
  });

  it('does not take over a user without a match key: the values of somebody else are taken', async () => {
    const source = newSource();
    const { id } = await byHand({ username: 'g1', email: 'g1@example.com' });
    const { users } = await source.users([
      { uid: '1', username: 'g1' },
      { uid: '2', username: 'g2', email: 'g1@example.com' },
    ]);
    expect(failures(users)).toEqual({ '1': 'UNIQUE_CONFLICT', '2': 'UNIQUE_CONFLICT' });
    expect(users.failedRecords[0].message).toContain(`user ${id}`);
    expect(await byUsername('g2')).toBeUndefined();
  });

  it('judges unique values by the end state: they swap, rotate and pass on in one delivery, in any order', async () => {
    const source = newSource();
    const people = ['1', '2', '3', '4'].map((uid) => ({ uid, username: `h${uid}`, email: `h${uid}@example.com` }));
    await source.users(people);
    const rotated = [
      { uid: '1', email: 'h2@example.com' },
      { uid: '2', email: 'h3@example.com' },
      { uid: '3', email: 'h1@example.com' },
      { uid: '4', email: 'h4-new@example.com' },
      { uid: '5', username: 'h5', email: 'h4@example.com' },
    ];
    expect((await source.users(rotated)).users.failedRecords).toEqual([]);
    expect((await source.users([...rotated].reverse())).users.count).toMatchObject({ unchanged: 5 });
    expect(await byUsername('h1')).toMatchObject({ email: 'h2@example.com' });
    expect(await byUsername('h3')).toMatchObject({ email: 'h1@example.com' });
    expect(await byUsername('h5')).toMatchObject({ email: 'h4@example.com' });
  });

  it('gives a value that a deleted user had to another one in the same delivery', async () => {
    const source = await newSource().decide({ removal: { users: 'delete' } });
    await source.users([{ uid: '1', username: 'i1' }]);
    const { users } = await source.users([
      { uid: '2', username: 'i1' },
      { uid: '1', isDeleted: true },
    ]);
    expect(users.count).toMatchObject({ created: 1, deleted: 1, failed: 0 });
  });

  it('moves values between records that are far apart in a large delivery', async () => {
    const source = newSource();
    const people = Array.from({ length: 2100 }, (_, index) => ({ uid: `${index}`, username: `j${index}` }));
    await source.users(people);
    const first = { uid: '0', username: 'j2099' };
    const last = { uid: '2099', username: 'j0' };
    const { users } = await source.users([first, ...people.slice(1, -1), last]);
    expect(users.count).toMatchObject({ all: 2100, updated: 2, unchanged: 2098, failed: 0 });
  });

  it('fails those who lose a value, and those who counted on theirs, and nobody else', async () => {
    const source = newSource();
    await byHand({ username: 'k-taken' });
    await source.users([
      { uid: '1', username: 'k1' },
      { uid: '2', username: 'k2' },
      { uid: '3', username: 'k3' },
    ]);
    const { users } = await source.users([
      { uid: '1', username: 'k-taken' },
      { uid: '2', username: 'k1' },
      { uid: '3', username: 'k3', nickname: 'Fine' },
      { uid: '4', username: 'k4' },
      { uid: '5', username: 'k4' },
    ]);
    expect(failures(users)).toEqual({ '1': 'UNIQUE_CONFLICT', '2': 'UNIQUE_CONFLICT', '5': 'UNIQUE_CONFLICT' });
    expect(users.count).toMatchObject({ updated: 1, created: 1 });
    expect(await byUsername('k1')).toBeDefined();
  });

  it('gives what a record that fails had wanted to those who come after it', async () => {
    const source = newSource();
    await byHand({ username: 'w-taken', email: 'w-taken@example.com' });
    const { users } = await source.users([
      { uid: '1', username: 'w1', email: 'w-taken@example.com' },
      { uid: '2', username: 'w1', phone: '2001' },
      { uid: '3', username: 'w3', phone: '2001' },
      { uid: '4', username: 'w1', phone: '2004' },
      { uid: '5', username: 'w5', phone: '2004' },
    ]);
    expect(failures(users)).toEqual({ 1: 'UNIQUE_CONFLICT', 3: 'UNIQUE_CONFLICT', 4: 'UNIQUE_CONFLICT' });
    expect(await byUsername('w1')).toMatchObject({ phone: '2001' });
    expect(await byUsername('w5')).toMatchObject({ phone: '2004' });
  });

  it('makes a user again whom somebody deleted by hand', async () => {
    const source = newSource();
    await source.users([{ uid: '1', username: 'l1' }]);
    await host.db.getRepository('users').destroy({ filter: { username: 'l1' } });
    expect((await source.users([{ uid: '1', username: 'l1' }])).users.count).toMatchObject({ created: 1 });
    expect((await source.users([{ uid: '1', username: 'l1' }])).users.count).toMatchObject({ unchanged: 1 });
    const record = (await host.rows('userDataSyncRecords', { where: { sourceName: source.sourceName } }))[0];
    expect(await host.rows('userDataSyncRecordsResources', { where: { recordId: record.id } })).toHaveLength(1);
  });

  it('only unlinks a user that another source has, and deletes it with the last', async () => {
    const [hr, ldap] = [newSource(), await newSource().decide({ removal: { users: 'delete' } })];
    await hr.users([{ uid: 'p', username: 'm1' }]);
    expect((await ldap.users([{ uid: 'q', username: 'm1', phone: '99' }], 'username')).users.count).toMatchObject({
      linked: 1,
    });
    expect((await hr.users([{ uid: 'p', isDeleted: true }])).users.count).toMatchObject({ unlinked: 1, deleted: 0 });
    expect(await byUsername('m1')).toMatchObject({ phone: '99' });
    expect((await ldap.users([{ uid: 'q', isDeleted: true }])).users.count).toMatchObject({ deleted: 1 });
    expect(await byUsername('m1')).toBeUndefined();
  });

  it('disables a user who was there before instead of deleting, says so, and enables the user again', async () => {
    const source = await newSource().decide({ removal: { users: 'delete' } });
    const { id } = await byHand({ username: 'r1' });
    await source.users([{ uid: '1', username: 'r1' }], 'username');
    const { users } = await source.users([{ uid: '1', isDeleted: true }]);
    expect(users.count).toMatchObject({ disabled: 1, deleted: 0 });
    expect(users.warnings).toMatchObject([{ code: 'USER_KEPT', uids: ['1'] }]);
    expect(Boolean((await byUsername('r1')).isDisabled)).toBe(true);
    expect((await source.users([{ uid: '1', username: 'r1' }])).users.count).toMatchObject({ enabled: 1 });
    expect(await byUsername('r1')).toMatchObject({ id });
    expect(Boolean((await byUsername('r1')).isDisabled)).toBe(false);
  });

  it('deletes nothing twice, and nothing that it never had', async () => {
    const source = await newSource().decide({ removal: { users: 'delete' } });
    await source.users([{ uid: '1', username: 'n1' }]);
    await source.users([{ uid: '1', isDeleted: true }]);
    const again = await source.users([
      { uid: '1', isDeleted: true },
      { uid: 'never', isDeleted: true },
    ]);
    expect(again.users.count).toMatchObject({ unchanged: 2, deleted: 0, failed: 0 });
    expect((await source.users([{ uid: '1', username: 'n1' }])).users.count).toMatchObject({ created: 1 });
  });

  it('never touches a root user', async () => {
    const source = newSource();
    const admin = await byHand({ username: 'o-second-root', email: 'root2@example.com' });
    await host.db.getModel('rolesUsers').create({ userId: admin.id, roleName: 'root' } as never, { hooks: false });
    const before = await host.rows('users', { where: { id: [1, admin.id] } });
    const { users, departments } = await source.users(
      [
        { uid: '1', email: 'admin@nocobase.com', nickname: 'Mallory', departments: [] },
        { uid: '2', email: 'root2@example.com', nickname: 'Mallory' },
      ],
      'email',
    );
    expect(failures(users)).toEqual({ '1': 'PROTECTED_USER', '2': 'PROTECTED_USER' });
    expect(departments.count.all).toBe(0);

    // A link that an earlier version made.
    const record = (await host.rows('userDataSyncRecords', { where: { sourceName: source.sourceName } }))[0];
    const link = { recordId: record.id, resource: 'users', resourcePk: '1' };
    await host.db.getModel('userDataSyncRecordsResources').create(link as never);
    for (const change of [{ nickname: 'Mallory' }, { isDeleted: true }]) {
      const result = await source.users([{ uid: '1', ...change }]);
      expect(failures(result.users)).toEqual({ '1': 'PROTECTED_USER' });
    }
    expect(await host.rows('users', { where: { id: [1, admin.id] } })).toEqual(before);
  });

  it('never gives the role root, even when that is the default role', async () => {
    const source = newSource();
    await host.db.getModel('roles').update({ default: false }, { where: {}, hooks: false });
    await host.db.getModel('roles').update({ default: true }, { where: { name: 'root' }, hooks: false });
    try {
      await source.users([{ uid: '1', username: 'p1' }]);
      const user = await byUsername('p1');
      expect(await host.rows('rolesUsers', { where: { userId: user.id } })).toEqual([]);
    } finally {
      await host.db.getModel('roles').update({ default: false }, { where: {}, hooks: false });
      await host.db.getModel('roles').update({ default: true }, { where: { name: 'member' }, hooks: false });
    }
  });

  it('removes what hangs on a deleted user, and keeps a user whom a reference forbids to delete', async () => {
    const source = await newSource().decide({ removal: { users: 'delete' } });
    host.db.collection({
      name: 'contracts',
      fields: [{ type: 'belongsTo', name: 'owner', target: 'users', foreignKey: 'ownerId', onDelete: 'RESTRICT' }],
    });
    host.db.collection({
      name: 'badges',
      fields: [{ type: 'belongsTo', name: 'holder', target: 'users', foreignKey: 'holderId', onDelete: 'CASCADE' }],
    });
    await host.db.sync();
    await source.users([
      { uid: '1', username: 'q1' },
      { uid: '2', username: 'q2' },
    ]);
    const [one, two] = [await byUsername('q1'), await byUsername('q2')];
    await host.db.getRepository('contracts').create({ values: { ownerId: one.id } });
    await host.db.getRepository('badges').create({ values: { holderId: two.id } });
    const { users } = await source.users([
      { uid: '1', isDeleted: true },
      { uid: '2', isDeleted: true },
    ]);
    expect(failures(users)).toEqual({ '1': 'HAS_DEPENDENTS' });
    expect(users.failedRecords[0].message).toContain('contracts');
    expect(await byUsername('q1')).toBeDefined();
    expect(await byUsername('q2')).toBeUndefined();
    expect(await host.rows('rolesUsers', { where: { userId: two.id } })).toEqual([]);
    expect(await host.rows('badges')).toEqual([]);
  });
});
