import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SyncSource, type UserData } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller, errorOf, type PushBody } from '../../support/http';
import { payloadLogFile, payloadLogFolder, payloadLogText, type PayloadLine } from '../../support/payload-log';
import type { TaskRow } from '../../support/tasks';

let host: TestApp;
let admin: Caller;

/** What happens between the first and the second part of a delivery. */
let meanwhile: () => void = () => undefined;

class TwoParts extends SyncSource {
  async *pull(): AsyncGenerator<UserData> {
    const { name } = this.instance;
    yield { dataType: 'user', sourceName: name, records: [{ uid: `${name} 1`, username: `${name}-1` }] };
    meanwhile();
    yield { dataType: 'user', sourceName: name, records: [{ uid: `${name} 2`, username: `${name}-2` }] };
  }
}

async function start(): Promise<void> {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  host.plugin.sourceManager.registerType('two parts', { syncSource: TwoParts });
}

const stop = async () => {
  meanwhile = () => undefined;
  jest.restoreAllMocks();
  await host?.stop();
};

/** The lines that are in the files at this moment. */
const linesNow = (source: string) =>
  payloadLogText()
    .split('\n')
    .filter((line) => line.includes(`"source":"${source}"`))
    .map((line) => JSON.parse(line) as PayloadLine);
const push = (sourceName: string, records: object[]) => admin.push({ dataType: 'user', sourceName, records });
const usersLike = async (name: string) =>
  (await host.rows<{ username: string }>('users')).filter(({ username }) => username?.startsWith(name));

/** Runs a source of two parts; `between` happens after the first. */
async function pull(name: string, between: () => void) {
  const values = { name, sourceType: 'two parts', enabled: true };
  await host.db.getRepository('userDataSyncSources').create({ values });
  meanwhile = between;
  const answer = await admin.post('/api/userData:pull', { name });
  return ended((answer.body as PushBody).data.taskId);
}
const ended = (taskId: number) => host.taskEnd<TaskRow & { sourceId: number }>(taskId);

const removeFolder = () => rmSync(payloadLogFolder(), { recursive: true, force: true });
const replaceFolderByFile = () => {
  removeFolder();
  mkdirSync(path.dirname(payloadLogFolder()), { recursive: true });
  writeFileSync(payloadLogFolder(), '');
};
/** Whatever is written there meets a full disk. */
const fillDisk = () => {
  rmSync(payloadLogFile());
  symlinkSync('/dev/full', payloadLogFile());
};

describe('the payload log', () => {
  beforeAll(start);
  afterAll(stop);

  it('has a delivery as soon as its push is answered, in the format of the logs of the host', async () => {
    const answer = await push('at once', [{ uid: 'o', username: 'at-once', password: 'secret' }]);
    const { taskId } = (answer.body as PushBody).data;
    const [line, ...others] = linesNow('at once');
    expect(others).toEqual([]);
    expect(Object.keys(line)).toEqual(
      'level source sourceType batch taskId dataType mode part records message timestamp'.split(' '),
    );
    expect(line).toMatchObject({ level: 'info', message: 'delivery', taskId, part: 1 });
    expect(line.timestamp).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    expect(line.records).toEqual([{ uid: 'o', username: 'at-once', password: '******' }]);
  });

  it.each([
    ['file', () => rmSync(payloadLogFile())],
    ['folder', removeFolder],
    ['file, moved away by somebody who archives it,', () => renameSync(payloadLogFile(), `${payloadLogFile()}.old`)],
  ])('makes a %s that goes during a run again, and goes on', async (what, remove) => {
    const name = `without ${what}`;
    expect(await pull(name, remove)).toMatchObject({ status: 'success' });
    expect(linesNow(name).flatMap(({ records }) => records.map(({ uid }) => uid))).toContain(`${name} 2`);
    expect(await usersLike(name)).toHaveLength(2);
  });

  it.each([
    ['the folder is replaced by a file', replaceFolderByFile, /EEXIST|ENOTDIR/, () => rmSync(payloadLogFolder())],
    ['the disk is full', fillDisk, /ENOSPC: no space left on device\./, () => rmSync(payloadLogFile())],
  ])('breaks a run that it cannot tell of: %s', async (what, breakIt, reason, repair) => {
    await push(what, []);
    const pulled = `pulled: ${what}`;
    const task = await pull(pulled, breakIt);
    expect(task).toMatchObject({ status: 'failed', code: 'PAYLOAD_LOG_FAILED' });
    expect(task.message).toMatch(reason);

    const refused = await push(what, [{ uid: 'r', username: `refused: ${what}` }]);
    expect(refused.status).toBe(500);
    expect(errorOf(refused)).toMatchObject({ code: 'PAYLOAD_LOG_FAILED' });
    expect(errorOf(refused).message).toMatch(reason);
    // Whoever pushes is not told where the server keeps its files.
    expect(errorOf(refused).message).not.toContain(process.env.STORAGE_PATH);
    for (const name of ['refused', pulled]) expect(await usersLike(name)).toEqual([]);

    repair();
    meanwhile = () => undefined;
    await admin.post('/api/userData:retry', { sourceId: task.sourceId, id: task.id });
    expect(await ended(task.id)).toMatchObject({ status: 'success' });
    expect(await usersLike(pulled)).toHaveLength(2);
  });

  it('begins a new line after one that was cut off', async () => {
    await push('before the cut', []);
    writeFileSync(payloadLogFile(), '{"level":"info","source":"cut off","rec', { flag: 'a' });
    await push('after the cut', [{ uid: 'c' }]);
    expect(linesNow('after the cut')).toHaveLength(1);
    expect(readFileSync(payloadLogFile(), 'utf8')).toMatch(/"cut off","rec\n\{/);
  });
});

describe('the payload log of a host whose logs are turned down', () => {
  const turnedDown = {
    LOGGER_LEVEL: 'error',
    LOGGER_TRANSPORT: 'console',
    LOGGER_SILENT: 'true',
    LOGGER_FORMAT: 'logfmt',
    // There `createLogger` writes nothing but to the console.
    GITHUB_ACTIONS: 'true',
  };
  const before = { ...process.env };

  beforeAll(async () => {
    Object.assign(process.env, turnedDown);
    await start();
  });
  afterAll(async () => {
    for (const name of Object.keys(turnedDown)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await stop();
  });

  it('has every delivery all the same', async () => {
    await push('turned down', [{ uid: 't' }]);
    expect(linesNow('turned down')).toMatchObject([{ records: [{ uid: 't' }] }]);
  });
});

describe('a host whose folder of logs is no folder', () => {
  const logs = path.join(process.env.STORAGE_PATH as string, 'logs');
  const moved = `${logs} moved away`;

  beforeAll(async () => {
    if (existsSync(logs)) renameSync(logs, moved);
    writeFileSync(logs, '');
    await start();
  });
  afterAll(stop);

  it('starts, and its runs break until the folder can be made', async () => {
    expect(errorOf(await push('no folder', [{ uid: 'n' }]))).toMatchObject({ code: 'PAYLOAD_LOG_FAILED' });
    rmSync(logs);
    expect((await push('no folder', [{ uid: 'n' }])).status).toBe(200);
    expect(linesNow('no folder')).toHaveLength(1);
  });
});

describe('the log for other plugins', () => {
  beforeAll(async () => {
    replaceFolderByFile();
    await start();
  });
  afterAll(async () => {
    rmSync(payloadLogFolder(), { recursive: true, force: true });
    await stop();
  });

  it('ends no process when its stream breaks, and neither do runs', async () => {
    const told = jest.spyOn(host.app.log, 'error').mockImplementation();
    const [{ logStream }] = host.plugin.getLogger().transports as unknown as [{ logStream: NodeJS.EventEmitter }];
    await once(logStream, 'open').catch(() => undefined);
    expect(told).toHaveBeenCalledWith(expect.stringContaining('ENOTDIR'));
    expect(() => host.plugin.getLogger().info('a line of another plugin')).not.toThrow();
    logStream.emit('error', new Error('ENOSPC: no space left on device, write'));
    expect(told).toHaveBeenCalledWith(expect.stringContaining('ENOSPC'));
    expect(errorOf(await push('broken', [{ uid: 'b' }]))).toMatchObject({ code: 'PAYLOAD_LOG_FAILED' });
    rmSync(payloadLogFolder());
    expect((await push('broken', [{ uid: 'b' }])).status).toBe(200);
    expect(linesNow('broken')).toHaveLength(1);
  });
});
