import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeSource } from 'nocobase-plugin-user-data-sync/testing';
import { HrSource } from './hr-source';

const token = 'let-me-in';
const units = [{ code: 'U1', name: 'Kitchen', above: null }];
const people = [{ number: 7, name: 'Maria', mail: 'maria@example.com', unit: 'U1', leadsUnit: true }];

/** A small HR system. */
let system: Server;
const url = () => `http://127.0.0.1:${(system.address() as AddressInfo).port}`;

beforeAll(async () => {
  system = createServer((request, response) => {
    const answers: Record<string, unknown> = { '/units': units, '/people?page=1': people };
    response.statusCode = request.headers.authorization === `Bearer ${token}` ? 200 : 401;
    response.end(JSON.stringify(answers[request.url ?? ''] ?? []));
  });
  await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
});
afterAll(() => system.close());

describeSource('hr', {
  syncSource: HrSource,
  options: () => ({ url: url(), token }),
  broken: () => ({ url: url(), token: 'a-wrong-one' }),
  silent: (address) => ({ url: address.url, token }),
  expected: { departments: 1, users: 1 },
});
