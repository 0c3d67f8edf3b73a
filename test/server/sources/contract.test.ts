import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HrSource } from '../../../docs/examples/source-plugin/src/server/hr-source';
import demoSource from '../../../host/demo-source.json';
import { FileSource } from '../../../src/server/sources';
import { describeSource } from '../../../src/testing';

// The example of the documentation, which is a test file itself.
import '../../../docs/examples/hr-source.test';

describe('the file source', () => {
  const storage = process.env.STORAGE_PATH;
  let own: string;

  beforeAll(async () => {
    process.env.STORAGE_PATH = own = mkdtempSync(path.join(tmpdir(), 'contract-'));
    const folder = path.join(own, 'user-data-sync');
    await mkdir(folder);
    await cp(path.resolve(__dirname, '../../../host/demo'), path.join(folder, 'demo'), { recursive: true });
    const units = [
      { code: 'it', name: 'IT', above: 'ops' },
      { code: 'ops', name: 'Operations', above: null },
    ];
    await writeFile(path.join(folder, 'units.json'), JSON.stringify(units));
  });
  afterAll(() => {
    process.env.STORAGE_PATH = storage;
    rmSync(own, { recursive: true });
  });

  describeSource('file, CSV', {
    syncSource: FileSource,
    options: () => ({ ...demoSource.options, mode: 'full' }),
    broken: () => ({ users: { path: 'demo/nobody.csv' } }),
    expected: { departments: 15, users: 62 },
  });

  describeSource('file, JSON', {
    syncSource: FileSource,
    options: () => ({
      mode: 'full',
      departments: { path: 'units.json', mapping: { code: 'uid', name: 'title', above: 'parentUid' } },
      users: { text: '[{ "uid": 7, "nickname": "Maria", "departments": ["it"] }]', format: 'json' },
    }),
    broken: () => ({ users: { text: '[{ "uid": 7 }', format: 'json' } }),
    expected: { departments: 2, users: 1 },
  });
});

describe('the source of the plugin that the documentation packs, which extends the class of the built-in plugin', () => {
  const token = 'let-me-in';
  let system: Server;
  const url = () => `http://127.0.0.1:${(system.address() as AddressInfo).port}`;

  beforeAll(async () => {
    system = createServer(({ headers }, response) => {
      response.statusCode = headers.authorization === `Bearer ${token}` ? 200 : 401;
      response.end(JSON.stringify([{ number: 7, name: 'Maria', mail: 'maria@example.com' }]));
    });
    await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => system.close());

  describeSource('my-hr', {
    syncSource: HrSource,
    options: () => ({ url: url(), token }),
    broken: () => ({ url: url(), token: 'a-wrong-one' }),
    silent: (address) => ({ url: address.url, token }),
    expected: { users: 1 },
  });
});
