import type { Model } from '@nocobase/database';
import { TestApp } from '../../support/app';
import { testDialect } from '../../support/databases';
import { Pusher } from '../../support/pushing';

/** Lets the database refuse to store records that contain a text, until the answer is called. */
async function refuseStoring({ db }: TestApp, text: string): Promise<() => Promise<unknown>> {
  const table = db.getCollection('userDataSyncRecords').quotedTableName() as string;
  const column = db.sequelize.getQueryInterface().quoteIdentifier('metaData');
  const run = (sql: string) => db.sequelize.query(sql);
  if (db.inDialect('sqlite')) {
    for (const event of ['INSERT', 'UPDATE'])
      await run(`CREATE TRIGGER refuse_${event} BEFORE ${event} ON ${table} WHEN NEW.${column} LIKE '%${text}%'
        BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    return () => Promise.all(['INSERT', 'UPDATE'].map((event) => run(`DROP TRIGGER refuse_${event}`)));
  }
  const asText = `CAST(${column} AS ${db.inDialect('postgres') ? 'TEXT' : 'CHAR'})`;
  await run(`ALTER TABLE ${table} ADD CONSTRAINT refused CHECK (${asText} NOT LIKE '%${text}%')`);
  return () => run(`ALTER TABLE ${table} DROP CONSTRAINT refused`);
}

describe('what the host does beside writing rows', () => {
  let host: TestApp;
  let source: Pusher;

  beforeAll(async () => {
    host = await TestApp.start();
    source = await new Pusher(host, 'api').decide({ removal: { users: 'delete' } });
    await source.departments([
      { uid: 'a', title: 'A' },
      { uid: 'b', title: 'B', parentUid: 'a' },
    ]);
  });
  afterAll(() => host?.stop());

  const idOf = async (username: string) => (await host.rows<{ id: number }>('users', { where: { username } }))[0].id;

  /** Calls `work` while the listeners are there. */
  async function listening(listeners: Record<string, (row: Model) => unknown>, work: () => Promise<unknown>) {
    const entries = Object.entries(listeners).map(
      ([event, listener]) => [event, async (row: Model) => listener(row)] as const,
    );
    for (const [event, listener] of entries) host.db.on(event, listener);
    try {
      await work();
    } finally {
      for (const [event, listener] of entries) host.db.off(event, listener);
    }
  }

  describe('caches', () => {
    const remember = async (id: number) => {
      for (const key of cacheKeys(id)) await host.app.cache.set(key, 'stale');
    };
    const cacheKeys = (id: number) => [`auth:${id}`, `roles:${id}`, `roles:${id}:defaultRole`, `departments:${id}`];
    const remembered = async (id: number) => {
      const values = await Promise.all(cacheKeys(id).map((key) => host.app.cache.get(key)));
      return cacheKeys(id).filter((_, index) => values[index] === 'stale');
    };

    it('forget a user who changed, and nobody else', async () => {
      await source.users([
        { uid: 'c1', username: 'c1' },
        { uid: 'c2', username: 'c2' },
      ]);
      const [changed, other] = [await idOf('c1'), await idOf('c2')];
      await remember(changed);
      await remember(other);
      await source.users([
        { uid: 'c1', nickname: 'New' },
        { uid: 'c2', username: 'c2' },
      ]);
      expect(await remembered(changed)).toEqual([]);
      expect(await remembered(other)).toEqual(cacheKeys(other));
      await source.users([{ uid: 'c1', isDeleted: true }]);
      expect(await remembered(changed)).toEqual([]);
    });

    it('forget the departments of a user who joined one, and of the members below a department that changed', async () => {
      await source.users([{ uid: 'c3', username: 'c3' }]);
      const id = await idOf('c3');
      await remember(id);
      await source.users([{ uid: 'c3', departments: ['b'] }]);
      expect(await remembered(id)).not.toContain(`departments:${id}`);
      await remember(id);
      await source.departments([{ uid: 'a', title: 'A renamed' }]);
      expect(await remembered(id)).not.toContain(`departments:${id}`);
    });
  });

  describe('listeners of workflows and audit logs', () => {
    it('hear of created, changed and deleted users, with what changed', async () => {
      const heard: unknown[] = [];
      const listeners = {
        'users.afterCreateWithAssociations': (row: Model) =>
          heard.push(['created', row.get('username'), typeof row.get('id')]),
        'users.afterUpdateWithAssociations': (row: Model) =>
          heard.push(['updated', row.get('nickname'), row.changedWithAssociations(), row.previous('nickname')]),
        'users.afterDestroy': (row: Model) => heard.push(['deleted', row.get('username')]),
      };
      await listening(listeners, async () => {
        await source.users([{ uid: 'e1', username: 'e1', nickname: 'Old' }]);
        await source.users([{ uid: 'e1', username: 'e1', nickname: 'New' }]);
        await source.users([{ uid: 'e1', username: 'e1', nickname: 'New' }]);
        await source.users([{ uid: 'e1', isDeleted: true }]);
      });
      expect(heard).toEqual([
        ['created', 'e1', 'number'],
        ['updated', 'New', ['nickname'], 'Old'],
        ['deleted', 'e1'],
      ]);
    });

    it('hear of departments too, and of every collection with the general events', async () => {
      const heard: string[] = [];
      const tell = (what: string) => (row: Model) =>
        heard.push(`${what} ${row.constructor.name} ${String(row.get('title'))}`);
      const listeners = { afterCreate: tell('created'), afterUpdate: tell('updated'), afterDestroy: tell('deleted') };
      await listening(listeners, async () => {
        await source.departments([{ uid: 'e', title: 'E' }]);
        await source.departments([{ uid: 'e', title: 'E!' }]);
        await source.departments([{ uid: 'e', isDeleted: true }]);
      });
      const own = heard.filter((line) => line.includes(' departments '));
      expect(own).toEqual(['created departments E', 'updated departments E!', 'deleted departments E!']);
      expect(await host.rows('main_departments_path')).toHaveLength(2);
    });

    it('may stumble: the row is written and counts as created all the same', async () => {
      const stumble = () => {
        throw new Error('a workflow that is broken');
      };
      await listening({ 'users.afterCreateWithAssociations': stumble }, async () => {
        const { users } = await source.users([
          { uid: 's1', username: 's1' },
          { uid: 's2', username: 's2' },
        ]);
        expect(users.count).toMatchObject({ created: 2, failed: 0 });
      });
      expect(await host.rows('users', { where: { username: ['s1', 's2'] } })).toHaveLength(2);
    });

    it('find the row that they hear of in the database, with its role', async () => {
      const roles: number[] = [];
      const countRoles = async (row: Model) =>
        roles.push(await host.db.getRepository('rolesUsers').count({ filter: { userId: row.get('id') } }));
      await listening({ 'users.afterCreateWithAssociations': countRoles }, () =>
        source.users([{ uid: 'e2', username: 'e2' }]),
      );
      expect(roles).toEqual([1]);
    });
  });

  describe('a record that the database refuses', () => {
    it('fails alone among a thousand, with the reason', async () => {
      const refuse = (rows: unknown) => {
        if ((rows as Model[]).some((row) => row.get('nickname') === 'refused')) throw new Error('no such person');
      };
      host.db.on('users.beforeBulkCreate', refuse);
      try {
        const records = Array.from({ length: 1000 }, (_, index) => ({
          uid: `r${index}`,
          username: `r${index}`,
          nickname: [17, 600].includes(index) ? 'refused' : 'fine',
          departments: ['b'],
        }));
        const { users, departments } = await source.users(records);
        expect(users.count).toMatchObject({ all: 1000, created: 998, failed: 2 });
        expect(users.failedRecords.map(({ record, code }) => [record.uid, code])).toEqual([
          ['r17', 'TARGET_FAILED'],
          ['r600', 'TARGET_FAILED'],
        ]);
        expect(users.failedRecords[0].message).toContain('no such person');
        expect(departments.count).toMatchObject({ all: 998, updated: 998 });
        expect(await host.rows('users', { where: { nickname: 'fine' } })).toHaveLength(998);
        expect(await host.rows('users', { where: { nickname: 'refused' } })).toEqual([]);
      } finally {
        host.db.off('users.beforeBulkCreate', refuse);
      }
    });

    it.each(['new', 'known'])('fails alone also where it is stored, when it is %s', async (state) => {
      const uids = Array.from({ length: 1000 }, (_, index) => `${state}-${index}`);
      const people = (nickname: (index: number) => string) =>
        uids.map((uid, index) => ({ uid, username: uid, nickname: nickname(index) }));
      if (state === 'known') await source.users(people(() => 'before'));
      const allow = await refuseStoring(host, 'unheard of');
      try {
        const records = people((index) => ([17, 600].includes(index) ? 'unheard of' : 'stored'));
        const { users, departments } = await source.users(records);
        expect(users.count).toMatchObject({ all: 1000, success: 998, failed: 2 });
        expect(users.failedRecords).toMatchObject([
          { record: { uid: uids[17] }, code: 'WRITE_FAILED', message: expect.stringContaining('rejected') as string },
          { record: { uid: uids[600] }, code: 'WRITE_FAILED' },
        ]);
        expect(JSON.stringify(users.failedRecords.map(({ message }) => message))).not.toMatch(/INSERT|UPDATE|sql:/);
        expect(departments.count).toMatchObject({ all: 998, failed: 0 });
        const made = await host.rows<{ username: string }>('users', { where: { nickname: 'stored' } });
        expect(made.filter(({ username }) => username.startsWith(state))).toHaveLength(998);
      } finally {
        await allow();
      }
    });

    it('loses against a person who takes the value in the same moment, and says which', async () => {
      // SQLite lets one write at a time, so there the person is told to come again.
      let isTaken = false;
      const takeFirst = async () => {
        host.db.off('users.beforeBulkCreate', takeFirst);
        const person = host.db.getModel('users').create({ username: 'race' } as never, { hooks: false });
        isTaken = await person.then(
          () => true,
          () => false,
        );
      };
      host.db.on('users.beforeBulkCreate', takeFirst);
      const { users } = await source.users([{ uid: 'race', username: 'race' }]);
      expect(isTaken).toBe(testDialect !== 'sqlite');
      const refused = { code: expect.stringMatching(/UNIQUE_CONFLICT|WRITE_FAILED/) as string };
      expect(users.failedRecords).toMatchObject(isTaken ? [refused] : []);
      expect(await host.rows('users', { where: { username: 'race' } })).toHaveLength(1);
    });
  });
});
