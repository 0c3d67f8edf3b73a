import { inTransaction } from '../../../src/server/database/transaction';
import { OWN_PACKAGE } from '../../../src/server/model/names';
import { TestApp } from '../../support/app';
import { testDialect } from '../../support/databases';
import { Caller, detailOf } from '../../support/http';
import { signedInUser } from '../../support/people';

/** Other databases let many write at a time. */
const onSqlite = testDialect === 'sqlite' ? describe : describe.skip;
const MANY = 5000;

const people = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, at) => ({
    uid: `${prefix}${at}`,
    username: `${prefix}${at}`,
    nickname: `Person ${at}`,
    email: `${prefix}${at}@example.com`,
  }));

onSqlite('on SQLite (and skipped elsewhere) the host and runs take turns to write', () => {
  let host: TestApp;
  let admin: Caller;

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
  });
  afterAll(() => host?.stop());

  const push = (prefix: string, count = 2) => admin.push({ dataType: 'user', records: people(count, prefix) });
  const edit = (id: number, nickname: string) => admin.post(`/api/users:update?filterByTk=${id}`, { nickname });
  const signIn = () =>
    new Caller(host).post(
      '/api/auth:signIn',
      { account: 'admin@nocobase.com', password: 'admin123' },
      { 'X-Authenticator': 'basic' },
    );
  const begin = () => host.db.sequelize.transaction();
  const rename = (nickname: string, transaction: Awaited<ReturnType<typeof begin>>) =>
    host.db.getModel('users').update({ nickname }, { where: { id: 1 }, transaction, hooks: false });
  /** Lets those who do not wait get on. */
  const getOn = async () => {
    for (let at = 0; at < 50; at += 1) await host.db.sequelize.query('SELECT 1');
  };

  /** A transaction of a run, which goes on until what is given back is called. */
  const running = async (order: string[]) => {
    let letEnd = () => {};
    const mayEnd = new Promise<void>((resolve) => (letEnd = resolve));
    let run: Promise<unknown> | undefined;
    await new Promise<void>((onBegin) => {
      run = inTransaction(host.db, async () => {
        onBegin();
        await mayEnd;
        order.push('run');
      });
    });
    return async () => {
      letEnd();
      await run;
    };
  };

  it('people sign in and are edited all the time while thousands are created', async () => {
    const { id } = await signedInUser(host, admin, 'edited', { roles: ['member'] });
    let isOver = false;
    const pushed = push('many', MANY).finally(() => (isOver = true));
    const statuses: number[] = [];
    while (!isOver) statuses.push((await signIn()).status, (await edit(id, `${statuses.length}`)).status);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(detailOf(await pushed).count).toMatchObject({ created: MANY, failed: 0 });
  });

  it('a transaction of the host that has read may still write when a run comes', async () => {
    const order: string[] = [];
    const transaction = await begin();
    await host.db.getModel('users').count({ transaction });
    const ours = inTransaction(host.db, async () => void order.push('run'));
    await getOn();
    await rename('host', transaction);
    order.push('host');
    await transaction.commit();
    await ours;
    expect(order).toEqual(['host', 'run']);
  });

  it('a transaction of the host begins after that of a run and before the next one', async () => {
    const order: string[] = [];
    const end = await running(order);
    const waiting = [
      host.db.sequelize.transaction(async () => void order.push('host')),
      inTransaction(host.db, async () => void order.push('next run')),
    ];
    await getOn();
    await end();
    await Promise.all(waiting);
    expect(order).toEqual(['run', 'host', 'next run']);
  });

  it('a write of the host without a transaction waits for its turn, too', async () => {
    const order: string[] = [];
    const end = await running(order);
    const write = host.db.getModel('users').update({ nickname: 'x' }, { where: { id: 1 }, hooks: false });
    const waiting: Promise<unknown>[] = [write.then(() => order.push('host'))];
    await getOn();
    waiting.push(inTransaction(host.db, async () => void order.push('next run')));
    await end();
    await Promise.all(waiting);
    expect(order).toEqual(['run', 'host', 'next run']);
  });

  it('what is part of a transaction of the host does not wait for the run that waits for it', async () => {
    const order: string[] = [];
    const transaction = await begin();
    const ours = inTransaction(host.db, async () => void order.push('run'));
    await host.db.sequelize.transaction({ transaction }, (savepoint) => rename('part', savepoint));
    order.push('host');
    await transaction.rollback();
    await ours;
    expect(order).toEqual(['host', 'run']);
  });

  it('a transaction of the host that never ends does not keep a run from writing', async () => {
    const forgotten = await begin();
    expect((await push('after-forgotten')).status).toBe(200);
    await forgotten.rollback();
  });

  it('a transaction of the host may wait for a push', async () => {
    const answer = await host.db.sequelize.transaction(() => push('from-inside'));
    expect(detailOf(answer).count).toMatchObject({ created: 2 });
  });

  it('what listens to a commit of the host may wait for a push', async () => {
    const transaction = await begin();
    const statuses: number[] = [];
    transaction.afterCommit(async () => void statuses.push((await push('after-commit')).status));
    await transaction.commit();
    expect(statuses).toEqual([200]);
  });

  it('a transaction of the host that is begun inside of that of a run does not wait for it', async () => {
    const order: string[] = [];
    await inTransaction(host.db, async () => {
      await host.db.sequelize.transaction(async () => void order.push('host'));
      order.push('run');
    });
    expect(order).toEqual(['host', 'run']);
  });

  it('what fails in a transaction of the host is told, and the next one begins', async () => {
    const failing = host.db.sequelize.transaction(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await expect(host.db.sequelize.transaction(async () => 'yes')).resolves.toBe('yes');
  });

  it('the methods of the database are replaced once, and put back when the plugin is stopped or disabled', async () => {
    const replacedIn = (sequelize: object) => ['transaction', 'query'].filter((name) => Object.hasOwn(sequelize, name));
    const first = host.db.sequelize;
    // Were they replaced twice, the first replacement would be what is put back.
    await host.app.emitAsync('afterStart', host.app);
    expect(replacedIn(first)).toEqual(['transaction', 'query']);
    await host.app.restart();
    expect(replacedIn(first)).toEqual([]);
    const second = host.db.sequelize;
    expect(replacedIn(second)).toEqual(['transaction', 'query']);
    await host.app.pm.disable(OWN_PACKAGE);
    expect(replacedIn(second)).toEqual([]);
  });
});
