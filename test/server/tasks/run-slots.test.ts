import { SyncSource, type UserData } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller, errorOf, type PushBody } from '../../support/http';
import { waitForTask } from '../../support/tasks';

/** A source that is being asked, and waits for the test to say what it delivers. */
interface Asked {
  readonly name: string;
  deliver(): void;
}

const asked: Asked[] = [];
const onAsked: (() => void)[] = [];
/** What the source does while it is asked, before it delivers. */
let whileAsked: (name: string) => Promise<unknown> = async () => undefined;

class GatedSource extends SyncSource {
  async pull(): Promise<UserData[]> {
    const { name } = this.instance;
    await whileAsked(name);
    await new Promise<void>((resolve) => {
      asked.push({ name, deliver: resolve });
      onAsked.splice(0).forEach((listener) => listener());
    });
    return [];
  }
}

/** Resolves when so many sources are being asked. */
async function untilAsked(count: number): Promise<readonly Asked[]> {
  while (asked.length < count) await new Promise<void>((resolve) => onAsked.push(resolve));
  return asked;
}

const people = (source: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ uid: `${at}`, username: `${source}-${at}`, nickname: `${at}` }));

let host: TestApp;
let admin: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  host.plugin.sourceManager.registerType('gated', { syncSource: GatedSource });
  for (const name of ['a', 'b', 'c', 'd'])
    await admin.post('/api/userDataSyncSources:create', { name, sourceType: 'gated', enabled: true });
});
afterAll(() => host?.stop());
afterEach(async () => {
  whileAsked = async () => undefined;
  host.plugin.runSlots.patience = 30_000;
  for (const source of asked.splice(0)) source.deliver();
  await host.plugin.syncService.whenIdle();
});

const pull = async (name: string) => {
  const response = await admin.post('/api/userData:pull', { name });
  expect(response.status).toBe(200);
  return (response.body as { data: { taskId: number } }).data.taskId;
};
/** Two runs that go on until the test lets them end. */
const fill = async () => {
  const ids = [await pull('a'), await pull('b')];
  await untilAsked(2);
  return ids;
};
const tasks = () => host.db.getModel('userDataSyncTasks').count();
const push = (sourceName: string, records: object[] = []) => admin.push({ dataType: 'user', sourceName, records });

describe('two runs go on at a time on a node', () => {
  it('and others get their turn in the order in which they came', async () => {
    await fill();
    const [third, fourth] = [await pull('c'), await pull('d')];
    expect(await host.rows('userDataSyncTasks', { where: { id: [third, fourth], status: 'init' } })).toHaveLength(2);
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b']);
    asked[1].deliver();
    expect((await untilAsked(3))[2].name).toBe('c');
    asked[0].deliver();
    expect((await untilAsked(4))[3].name).toBe('d');
  });

  it('and a push waits for its turn, and is then done', async () => {
    await fill();
    const before = await tasks();
    const pushed = push('waiting', people('waiting', 1));
    const other = push('waiting', people('waiting', 1));
    for (const source of asked.splice(0)) source.deliver();
    const answers = [await pushed, await other];
    expect(answers.map(({ status }) => status)).toContain(200);
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ errors: [{ code: 'SOURCE_BUSY' }] });
    expect(await tasks()).toBe(before + answers.filter(({ status }) => status === 200).length);
  });

  it('and a push that has waited too long is told when to come again, and leaves nothing behind', async () => {
    await fill();
    const before = await tasks();
    host.plugin.runSlots.patience = 1;
    const response = await push('impatient', people('impatient', 1));
    expect([response.status, response.headers['retry-after']]).toEqual([409, '30']);
    expect(response.body).toEqual({
      errors: [{ code: 'SOURCE_BUSY', message: expect.stringContaining('busy with other runs') as string }],
    });
    expect(await tasks()).toBe(before);
    for (const source of asked.splice(0)) source.deliver();
    await host.plugin.syncService.whenIdle();
    expect((await push('impatient', people('impatient', 1))).status).toBe(200);
  });

  it('and a run that breaks makes room for the next', async () => {
    whileAsked = () => Promise.reject(new Error('unreachable'));
    const ids = [await pull('a'), await pull('b'), await pull('c')];
    for (const id of ids)
      expect(await waitForTask(host, id)).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
  });

  it('and a push that a source makes while it is asked does not wait for the source', async () => {
    const results: unknown[] = [];
    whileAsked = async (name) => {
      results.push(await host.plugin.syncService.push({ dataType: 'user', sourceName: `beside ${name}`, records: [] }));
    };
    await fill();
    expect(results).toHaveLength(2);
  });
});

describe('a source that is busy', () => {
  it('is answered with the task that is running and when to come again, whatever is asked for', async () => {
    const [taskId] = await fill();
    const [{ sourceId }] = await host.rows<{ sourceId: number }>('userDataSyncTasks', { where: { id: taskId } });
    for (const response of [
      await admin.post('/api/userData:pull', { name: 'a' }),
      await admin.post('/api/userData:retry', { sourceId, id: taskId }),
      await admin.post('/api/userData:purge', { sourceId }),
      await admin.post(`/api/userDataSyncSources:destroy?filterByTk=${sourceId}`),
    ]) {
      expect([response.status, response.headers['retry-after']]).toEqual([409, '10']);
      expect(response.body).toEqual({
        errors: [{ code: 'SOURCE_BUSY', message: expect.stringContaining(`task ${taskId}`) as string, taskId }],
      });
    }
  });

  it('is told at once, however many runs wait', async () => {
    await host.db
      .getRepository('userDataSyncSources')
      .create({ values: { name: 'pushed', sourceType: 'api', enabled: true, options: {} } });
    const source = await host.db.getRepository('userDataSyncSources').findOne({ filter: { name: 'pushed' } });
    const running = { batch: 'on another node', sourceId: source?.get('id') as number, status: 'processing' };
    const task = await host.db
      .getRepository('userDataSyncTasks')
      .create({ values: { ...running, heartbeatAt: new Date() } });
    await fill();
    const response = await push('pushed');
    expect([response.status, errorOf(response)]).toMatchObject([409, { code: 'SOURCE_BUSY', taskId: task.get('id') }]);
  });
});

describe('twenty sources that push at once', () => {
  it('are all answered: done, or told when to come again', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `system ${index}`);
    const answers = await Promise.all(names.map((name) => push(name, people(name.replace(' ', '-'), 20))));
    const done = answers.filter(({ status }) => status === 200);
    for (const { status, headers, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, headers['retry-after']]).toEqual([409, expect.any(String) as string]);
      expect(body).toMatchObject({ errors: [{ code: 'SOURCE_BUSY' }] });
    }
    expect(done.length).toBeGreaterThan(0);
    for (const { body } of done) expect((body as PushBody).data.result[0].detail.count).toMatchObject({ created: 20 });
    const left = await host.rows('userDataSyncTasks', { where: { status: 'processing' } });
    expect(left.map(({ batch }) => batch)).toEqual(['on another node']);
  });
});
