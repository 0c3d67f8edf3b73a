import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gate } from '../../../host/gate.cjs';
import { hushKnownNoise } from '../../../host/known-noise.cjs';
import { persistently } from '../../../host/persistently.cjs';
import { untilReady } from '../../../host/ready.cjs';

describe('the output of the host', () => {
  function printed(print: (console: Console) => void, isMore?: (args: unknown[]) => boolean): unknown[][] {
    const lines: unknown[][] = [];
    const keep = (...args: unknown[]) => lines.push(args);
    const console = { log: keep, warn: keep, error: keep } as unknown as Console;
    hushKnownNoise(console, isMore);
    print(console);
    return lines;
  }

  it('lacks what its packages print every time', () => {
    const lines = printed((console) => {
      console.warn(
        'About to overwrite ArrayBuffer.prototype properties ["sliceToImmutable","immutable","transferToImmutable"]',
      );
      console.error('SES Removing unpermitted intrinsics');
      console.error(' ', 'Removing intrinsics.Reflect.decorate');
      console.log('Gateway HTTP Server running at http://127.0.0.1:13000/');
      console.log('client tags: ');
    });
    expect(lines).toEqual([]);
  });

  it.each([
    ['another warning of the same package', ['About to overwrite ArrayBuffer.prototype properties ["slice"]']],
    ['another intrinsic', [' ', 'Removing intrinsics.Array.prototype.map']],
    ['a known text with something else', ['SES Removing unpermitted intrinsics', { because: 'of this' }]],
    ['an error', [new Error('SES Removing unpermitted intrinsics')]],
    ['our own', ['NocoBase with user data synchronization is ready: http://127.0.0.1:13000']],
    ['nothing', []],
  ])('has %s', (_, args) => {
    expect(printed((console) => console.warn(...args))).toEqual([args]);
    expect(printed((console) => console.log(...args))).toEqual([args]);
  });

  it('lacks more where somebody knows more', () => {
    expect(
      printed(
        (console) => console.error('known here', 'or not'),
        ([text]) => text === 'known here',
      ),
    ).toEqual([]);
  });
});

describe('the gate of the host', () => {
  let server: Server;
  let url: string;
  let gate: Gate;

  beforeEach(async () => {
    gate = new Gate();
    server = createServer((request, response) => {
      if (!gate.request(request, response)) response.end('the host');
    });
    server.on('upgrade', (request, socket) => {
      if (!gate.upgrade(request, socket)) socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  const upgrade = async () => {
    const request = httpRequest(url, { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }).end();
    const switched = once(request, 'upgrade').then(([{ statusCode }]: IncomingMessage[]) => statusCode);
    const answered = once(request, 'response').then(([{ statusCode }]: IncomingMessage[]) => statusCode);
    return Promise.race([switched, answered]);
  };

  it('answers 503 to everybody but the host itself, until it is opened', async () => {
    const refused = await fetch(`${url}/api/auth:signIn`, { method: 'POST', body: '{}' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'APP_STARTING' }] });
    expect(await upgrade()).toBe(503);
    expect(await (await fetch(url, { headers: gate.headers })).text()).toBe('the host');
    gate.open();
    expect(await (await fetch(url)).text()).toBe('the host');
    expect(await upgrade()).toBe(101);
  });

  it('keeps those waiting who wait until the host is ready', async () => {
    const attempts: number[] = [];
    server.prependListener('request', () => {
      if (attempts.push(1) === 3) gate.open();
    });
    await untilReady(url);
    expect(attempts).toHaveLength(3);
  });

  it('ends the wait with the reason when the host will never be ready', async () => {
    await expect(untilReady(url, { failure: () => new Error('it has ended') })).rejects.toThrow('it has ended');
  });
});

describe('what SQLite refuses while the host sets itself up', () => {
  const busy = () => Promise.reject(new Error('SQLITE_BUSY: database is locked'));

  it('is tried again', async () => {
    let attempts = 0;
    const work = () => ((attempts += 1) < 3 ? busy() : Promise.resolve('done'));
    expect([await persistently(work, [0, 0]), attempts]).toEqual(['done', 3]);
  });

  it('is told when it stays so, and so is everything else at once', async () => {
    let attempts = 0;
    const count = (error: () => Promise<never>) => () => {
      attempts += 1;
      return error();
    };
    await expect(persistently(count(busy), [0, 0])).rejects.toThrow('SQLITE_BUSY');
    expect(attempts).toBe(3);
    const wrong = () => Promise.reject(new Error('no such table'));
    await expect(persistently(count(wrong), [0, 0])).rejects.toThrow('no such table');
    expect(attempts).toBe(4);
  });
});
