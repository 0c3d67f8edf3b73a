import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SyncSource } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller } from '../../support/http';

const scripts = path.resolve(__dirname, '../../../docs/scripts');

interface Ended {
  code: number;
  output: string;
}

class ScriptedSource extends SyncSource {
  async pull() {
    const records = [{ uid: 'pulled', username: 'pulled' }, ...(this.options.isBad ? [{ uid: '' }] : [])];
    return [{ dataType: 'user' as const, sourceName: this.instance.name, records }];
  }
}

describe('the scripts of the documentation', () => {
  let host: TestApp;
  let server: Server;
  let folder: string;
  let keys: Record<'push' | 'admin', string>;

  beforeAll(async () => {
    host = await TestApp.start();
    const admin = await host.adminToken();
    keys = { admin, push: await host.pushKey('hr') };
    host.plugin.sourceManager.registerType('scripted', { syncSource: ScriptedSource });
    for (const [name, isBad] of Object.entries({ good: false, bad: true }))
      await new Caller(host, admin).post('/api/userDataSyncSources:create', {
        name,
        sourceType: 'scripted',
        enabled: true,
        options: { isBad },
      });
    server = createServer(host.app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(path.join(tmpdir(), 'user-data-sync-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await host.stop();
  });

  const run = (command: string, args: string[], key: keyof typeof keys) =>
    new Promise<Ended>((resolve) => {
      const { port } = server.address() as AddressInfo;
      const env = {
        ...process.env,
        NOCOBASE_URL: `http://127.0.0.1:${port}`,
        NOCOBASE_KEY: keys[key],
        NOCOBASE_INTERVAL: '1',
      };
      execFile(command, args, { env, cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
      });
    });
  const push = (records: unknown, source = 'hr') => {
    writeFileSync(path.join(folder, 'people.json'), JSON.stringify(records));
    return run('python3', [path.join(scripts, 'push.py'), 'user', source, 'people.json'], 'push');
  };
  const pull = (source: string) => run('sh', [path.join(scripts, 'pull.sh'), source], 'admin');

  it('push from Python with a key that may only push, and tell what failed', async () => {
    expect(await push([{ uid: 'scripted', username: 'scripted' }])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Task \d+: success\n$/) as string,
    });
    const failing = Array.from({ length: 250 }, (_, at) => ({ uid: `failing ${at}`, departments: 'wrong' }));
    const partly = await push([{ uid: 'scripted' }, ...failing]);
    expect(partly.code).toBe(1);
    expect(partly.output.match(/^failing \d+: VALUE_INVALID/gm)).toHaveLength(250);
    const refused = await push([], 'not mine');
    expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('403 PUSH_NOT_ALLOWED')]);
  });

  it('run a source from a shell, and fail when it does', async () => {
    expect(await pull('good')).toEqual({ code: 0, output: '' });
    const bad = await pull('bad');
    expect([bad.code, bad.output]).toEqual([1, expect.stringContaining('partially_failed')]);
    const none = await pull('nobody');
    expect([none.code, none.output]).toEqual([1, expect.stringContaining('SOURCE_NOT_FOUND')]);
  });
});
