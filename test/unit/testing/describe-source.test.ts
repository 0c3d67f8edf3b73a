import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  describeSource,
  SyncSource,
  type PulledData,
  type PullRequest,
  type SourceContract,
} from '../../../src/testing';
import { failuresOf, runSuite } from './collecting-runner';

const units = () => [
  { uid: 'ops', title: 'Operations' },
  { uid: 'it', title: 'IT', parentUid: 'ops' },
];
const people = () => [
  { uid: 1, nickname: 'Ada', email: 'ada@example.com', departments: [{ uid: 'it', isMain: true }] },
  { uid: 2, nickname: 'Kim', email: null, departments: ['ops', 'it'] },
];
const deliveries = (): PulledData[] => [
  { dataType: 'department', mode: 'full', records: units() },
  { dataType: 'user', mode: 'full', matchKey: 'email', records: people() },
];

/** Passes: its options say what it does wrong. */
class GoodSource extends SyncSource {
  async *pull({ signal }: Partial<PullRequest> = {}): AsyncGenerator<PulledData> {
    const { port, token, isBroken } = this.options as { port?: number; token?: string; isBroken?: boolean };
    if (isBroken) throw new Error('The system does not know the token.');
    if (port !== undefined) await answerFrom(port, signal);
    for (const delivery of deliveries()) {
      signal?.throwIfAborted();
      yield delivery;
    }
    void token;
  }

  override async testConnection(): Promise<string> {
    let count = 0;
    for await (const { records } of this.pull()) count += records.length;
    return `${count} records`;
  }
}

/** Waits for an answer until it is told to stop. */
async function answerFrom(port: number, signal?: AbortSignal, open: Socket[] = []): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  open.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve, reject) => {
    socket.on('data', resolve);
    signal?.addEventListener('abort', () => {
      socket.destroy();
      reject(new Error('Stopped.'));
    });
  });
}

/** A good source but for what it gives. */
const giving = (change: (all: PulledData[]) => unknown) =>
  class extends SyncSource {
    async pull(): Promise<PulledData[]> {
      return change(deliveries()) as PulledData[];
    }
  };

/** A good source but for one member of its user delivery. */
const withMember = (member: object) => giving(([first, second]) => [first, { ...second, records: [], ...member }]);

/** A good source but for one more user. */
const withUser = (user: () => unknown) =>
  giving(([first, second]) => [first, { ...second, records: [...people(), user()] }]);

const withUnit = (unit: object) =>
  giving(([first, second]) => [{ ...first, records: [...units(), { ...unit }] }, second]);

describe('a source that keeps the contract passes', () => {
  const contract: SourceContract = {
    syncSource: GoodSource,
    options: () => ({ token: 'let-me-in' }),
    broken: () => ({ token: 'let-me-in', isBroken: true }),
    silent: ({ port }) => ({ port }),
    expected: { users: 2, departments: 2 },
  };

  // Also by the globals of a test runner.
  describeSource('good', contract);

  it('in every test, each of which has a name of its own', async () => {
    const results = await runSuite(contract);
    expect(Object.values(results).filter((message) => message !== undefined)).toEqual([]);
    expect(Object.keys(results)).toHaveLength(16);
  });

  it('when it gives everything at once', async () => {
    expect(await failuresOf(giving((all) => all))).toEqual({});
  });

  it('when its objects cannot be changed', async () => {
    const frozen = Object.freeze(people().map((person) => Object.freeze({ ...person, departments: null })));
    expect(await failuresOf(giving(([first, second]) => [first, { ...second, records: frozen }]))).toEqual({});
  });

  it('when its records have other names, or are cells of a table', async () => {
    const table = (): PulledData => ({
      dataType: 'user',
      mapping: { No: 'uid', Teams: 'departments' },
      textCells: true,
      records: [{ No: '1', Teams: 'ops;it', Other: '' }],
      locate: (index) => `line ${index + 2}`,
    });
    expect(await failuresOf(giving(([first]) => [first, table()]))).toEqual({});
  });

  it('when it names departments of others, and says so', async () => {
    const source = withUser(() => ({ uid: 3, departments: ['elsewhere'] }));
    expect(Object.keys(await failuresOf(source))).toEqual(['departments that are named are delivered']);
    expect(await failuresOf(source, { allowUnknownDepartments: true })).toEqual({});
    expect(await failuresOf(giving(() => [{ dataType: 'user', records: people() }]))).toEqual({});
  });
});

describe('turns red for a source', () => {
  const shape = 'pull() returns deliveries';
  const understood = 'every record is understood';
  const stored = 'every record can be stored';
  const count = 'pull() returns the records of its system';
  const tree = 'departments are a tree';
  const named = 'departments that are named are delivered';

  class Entry {
    readonly uid = 9;
    readonly link = new Map();
  }

  it.each([
    [
      'that returns a list itself',
      shape,
      class {
        pull = deliveries as never;
      },
      'pull() returns a list.',
    ],
    ['with a data type that nobody knows', shape, withMember({ dataType: 'people' }), 'dataType is "people"'],
    ['with records that are no list', shape, withMember({ records: {} }), 'records is an object'],
    ['with a mode that nobody knows', shape, withMember({ mode: 'all' }), 'mode is "all"'],
    ['with a match key that is no text', shape, withMember({ matchKey: 7 }), 'matchKey is 7'],
    ['with a mapping of numbers', shape, withMember({ mapping: { a: 1 } }), 'mapping is an object'],
    ['with a delivery that is none', shape, giving((all) => [...all, null]), 'Delivery 3 of pull() is nothing.'],
    ['without records', count, giving(() => [{ dataType: 'user', records: [] }]), 'pull() returns no records'],
    ['with a record that is none', understood, withUser(() => 7), 'delivery 2: records[2] must be an object.'],
    [
      'with a user without a uid',
      understood,
      withUser(() => ({ nickname: 'X' })),
      'records[2].uid: every record needs',
    ],
    ['with a uid of 256 characters', understood, withUser(() => ({ uid: 'u'.repeat(256) })), '(UID_INVALID)'],
    ['with a uid that lost its digits', understood, withUser(() => ({ uid: 2 ** 60 })), '(UID_INVALID)'],
    ['with a department without a title', understood, withUnit({ uid: 'x' }), '(TITLE_MISSING)'],
    ['with a flag that is a text', understood, withUser(() => ({ uid: 3, isDeleted: 'no' })), 'isDeleted must be'],
    ['with a record that it could not read', understood, withUser(() => new Error('line 7 is torn')), 'line 7 is torn'],
    [
      'with two main departments',
      understood,
      withUser(() => ({
        uid: 3,
        departments: [
          { uid: 'it', isMain: true },
          { uid: 'ops', isMain: true },
        ],
      })),
      '(SEVERAL_MAIN_DEPARTMENTS)',
    ],
    ['with a function', stored, withUser(() => ({ uid: 3, f: () => 1 })), 'delivery 2: records[2] cannot be stored: '],
    [
      'with a class that JSON does not have',
      stored,
      withUser(() => new Entry()),
      'records[2].link (Map) cannot be stored',
    ],
    [
      'with a number that JSON does not have',
      stored,
      withUser(() => ({ uid: 3, age: [NaN] })),
      'records[2].age[0] (NaN)',
    ],
    ['with a number that is too big', stored, withUser(() => ({ uid: 3, n: 1n })), 'records[2].n (1) cannot'],
    [
      'with a uid that comes twice',
      'every uid comes once',
      withUser(() => ({ uid: '1' })),
      'The user "1" appears more than once.',
    ],
    [
      'with a parent that is not there',
      named,
      withUnit({ uid: 'x', title: 'X', parentUid: 'y' }),
      'the department "y"',
    ],
    [
      'with a user in a department that is not there',
      named,
      withUser(() => ({ uid: 3, departments: ['y'] })),
      'The user "3"',
    ],
    [
      'with a user in a department that is deleted',
      named,
      giving(([, second]) => [
        {
          dataType: 'department',
          mode: 'full',
          records: units().map((unit) => ({ ...unit, isDeleted: unit.uid === 'it' })),
        },
        second,
      ]),
      'names the department "it"',
    ],
    ['with a department above itself', tree, withUnit({ uid: 'x', title: 'X', parentUid: 'x' }), 'The department "x"'],
    [
      'with a circle of departments',
      tree,
      giving(([first, second]) => [
        { ...first, records: [...units().slice(1), { uid: 'ops', title: 'Operations', parentUid: 'it' }] },
        second,
      ]),
      'The department "ops" is above itself.',
    ],
  ])('%s', async (_, name, source, message) => {
    expect(await failuresOf(source)).toEqual({ [name]: expect.stringContaining(message) as string });
  });

  it('with other records than are expected', async () => {
    expect(await failuresOf(GoodSource, { expected: { users: 3, departments: 2 } })).toEqual({
      [count]: '3 users are expected, and pull() returns 2.',
    });
  });

  it('that gives a promise of parts one by one', async () => {
    class Late extends GoodSource {
      override testConnection = undefined as never;
      override pull = (async () => super.pull()) as never;
    }
    expect(await failuresOf(Late)).toEqual({
      [shape]: expect.stringContaining('The promise of pull() resolves to an object.') as string,
    });
  });

  describe('whose uids change', () => {
    const stable = 'every pull returns the same uids';
    const expected = { [stable]: expect.stringContaining('is returned by one pull but not by another') as string };
    let made = 0;

    it('from pull to pull', async () => {
      let pulls = 0;
      expect(
        await failuresOf(giving(([first, second]) => [first, { ...second, records: [{ uid: (pulls += 1) }] }])),
      ).toEqual(expected);
    });

    it('from source to source', async () => {
      class Counting extends SyncSource {
        readonly uid = (made += 1);
        async pull() {
          return [{ dataType: 'user' as const, records: [{ uid: this.uid }] }];
        }
      }
      expect(await failuresOf(Counting)).toEqual(expected);
    });
  });

  it('that gives its list of records again, filled anew', async () => {
    class Reusing extends SyncSource {
      async *pull(): AsyncGenerator<PulledData> {
        const records: object[] = [];
        for (const person of people()) {
          records[0] = person;
          yield { dataType: 'user', records };
        }
      }
    }
    expect(await failuresOf(Reusing)).toEqual({
      'deliveries stay as they were given': expect.stringContaining('Delivery 1 has changed') as string,
    });
  });

  it('that keeps what it gave, and leaves that as the source had it', async () => {
    const kept = deliveries();
    expect(await failuresOf(giving(() => kept))).toEqual({
      'pulls share nothing': expect.stringContaining('Create new lists and objects in each pull()') as string,
    });
    expect(kept).toEqual(deliveries());
  });

  describe('that does not look at the signal', () => {
    const early = 'a pull that is aborted before it begins ends';
    const late = 'a pull that is aborted in the middle ends';
    /** Goes on for a second, once it is to stop. */
    const deaf = (isDeaf: (signal: AbortSignal) => boolean) =>
      class extends GoodSource {
        override async *pull({ signal }: Partial<PullRequest> = {}) {
          yield* super.pull();
          if (signal && isDeaf(signal)) await delay(1000, undefined, { ref: false });
        }
      };
    const wasEarly = new WeakSet<AbortSignal>();

    it('before it begins', async () => {
      const source = class extends GoodSource {
        override pull(asked: Partial<PullRequest> = {}) {
          if (asked.signal?.aborted) wasEarly.add(asked.signal);
          return new (deaf((signal) => wasEarly.has(signal)))({ options: {} } as never).pull(asked);
        }
      };
      expect(await failuresOf(source)).toEqual({
        [early]: expect.stringContaining('Pass the signal to what waits') as string,
      });
    });

    it('in the middle', async () => {
      const source = class extends GoodSource {
        override pull(asked: Partial<PullRequest> = {}) {
          if (asked.signal?.aborted) wasEarly.add(asked.signal);
          return new (deaf((signal) => signal.aborted && !wasEarly.has(signal)))({ options: {} } as never).pull(asked);
        }
      };
      expect(await failuresOf(source)).toEqual({
        [late]: expect.stringContaining('Pass the signal to what waits') as string,
      });
    });

    it('while its promise is pending', async () => {
      class Slow extends SyncSource {
        async pull({ signal }: Partial<PullRequest> = {}) {
          signal?.throwIfAborted();
          for (let step = 0; step < 5; step += 1) await new Promise(setImmediate);
          if (signal?.aborted) await delay(1000, undefined, { ref: false });
          return deliveries();
        }
      }
      expect(Object.keys(await failuresOf(Slow))).toEqual([late]);
    });

    it('while it waits for an answer', async () => {
      const open: Socket[] = [];
      class Waiting extends GoodSource {
        override async *pull() {
          const { port } = this.options as { port?: number };
          if (port !== undefined) await answerFrom(port, undefined, open);
          yield* super.pull();
        }
      }
      expect(await failuresOf(Waiting, { silent: ({ port }) => ({ port }) })).toEqual({
        'a pull that is aborted while it waits for an answer ends': expect.stringContaining(
          'still waits for an answer',
        ) as string,
      });
      for (const socket of open) socket.destroy();
    });
  });

  describe('that leaves open', () => {
    it('a connection', async () => {
      const open: Socket[] = [];
      class Leaving extends GoodSource {
        override async *pull({ signal }: Partial<PullRequest> = {}) {
          const { port } = this.options as { port?: number };
          if (port === undefined) {
            yield* super.pull({ signal });
            return;
          }
          const stopped = new Promise<never>((_, reject) =>
            signal?.addEventListener('abort', () => reject(new Error('Stopped.'))),
          );
          await Promise.race([stopped, answerFrom(port, undefined, open)]);
        }
      }
      expect(await failuresOf(Leaving, { silent: ({ port }) => ({ port }) })).toEqual({
        'a pull that is aborted while it waits for an answer ends': expect.stringContaining(
          'leaves its connection open',
        ) as string,
      });
      for (const socket of open) socket.destroy();
    });

    const timers: NodeJS.Timeout[] = [];
    afterAll(() => timers.forEach((timer) => clearInterval(timer)));

    it('nothing, when only the test runner has timers', async () => {
      const others = setInterval(() => timers.push(setTimeout(() => undefined, 10_000)), 1);
      timers.push(others);
      expect(await failuresOf(GoodSource)).toEqual({});
      clearInterval(others);
    });

    it('a timer, when it is stopped in the middle', async () => {
      class Ticking extends SyncSource {
        async *pull({ signal }: Partial<PullRequest> = {}): AsyncGenerator<PulledData> {
          signal?.throwIfAborted();
          const timer = setInterval(() => undefined, 10_000);
          timers.push(timer);
          for (const delivery of deliveries()) {
            yield delivery;
            signal?.throwIfAborted();
          }
          clearInterval(timer);
        }
      }
      expect(await failuresOf(Ticking)).toEqual({
        'a pull that is aborted in the middle ends': expect.stringContaining('leaves a timer open') as string,
      });
    });
  });

  it('whose silent options lead elsewhere', async () => {
    expect(await failuresOf(GoodSource, { silent: () => ({}) })).toEqual({
      'a pull that is aborted while it waits for an answer ends': expect.stringContaining(
        'does not connect to 127.0.0.1:',
      ) as string,
    });
  });

  describe('that fails', () => {
    const failing = (fail: (token: string) => unknown) =>
      class extends GoodSource {
        override testConnection = undefined as never;
        override async *pull(asked: Partial<PullRequest> = {}) {
          const { token, isBroken } = this.options as { token: string; isBroken?: boolean };
          if (isBroken) throw fail(token);
          yield* super.pull(asked);
        }
      };
    const token = 'let me/in';
    const contract = { options: () => ({ token }), broken: () => ({ token, isBroken: true }) };
    const failure = 'pull() says what is wrong, and no secret';

    it.each([
      [
        'with its secret',
        (secret: string) => new Error(`Bearer ${secret} was refused.`),
        'with the value of a secret option',
      ],
      [
        'with its secret in an address',
        (secret: string) => new Error(`/?t=${encodeURIComponent(secret)}`),
        'secret option',
      ],
      [
        'with its secret in the cause',
        (secret: string) => new Error('Refused.', { cause: new Error(secret) }),
        'secret option',
      ],
      ['without a message', () => new Error(''), 'an error without a message'],
      ['with something else than an error', () => 'refused', 'something that is not an Error'],
    ])('%s', async (_, fail, message) => {
      expect(await failuresOf(failing(fail), contract)).toEqual({
        [failure]: expect.stringContaining(message) as string,
      });
    });

    it('with a secret that only its type knows', async () => {
      const source = failing((secret) => new Error(`The line ${secret} is busy.`));
      const options = { line: 'four-two', token: 'four-two' };
      const withLine = {
        options: () => options,
        broken: () => ({ ...options, isBroken: true }),
        secretOptions: ['line'],
      };
      expect(Object.keys(await failuresOf(source, withLine))).toEqual([failure]);
    });

    it('by giving what there is', async () => {
      class Silent extends GoodSource {
        override testConnection = undefined as never;
        override async *pull(asked: Partial<PullRequest> = {}) {
          if (!(this.options as { isBroken?: boolean }).isBroken) yield* super.pull(asked);
        }
      }
      expect(await failuresOf(Silent, contract)).toEqual({
        [failure]: expect.stringContaining('returns 0 deliveries when its system cannot be read') as string,
      });
    });
  });

  describe('whose testConnection()', () => {
    const testing = (testConnection: (token: string, isBroken: boolean) => unknown) =>
      class extends GoodSource {
        override async testConnection() {
          const { token, isBroken = false } = this.options as { token: string; isBroken?: boolean };
          return testConnection(token, isBroken) as string;
        }
      };
    const contract = {
      options: () => ({ token: 'let-me-in' }),
      broken: () => ({ token: 'let-me-in', isBroken: true }),
    };
    const fail = (message: string) => {
      throw new Error(message);
    };
    const found = 'testConnection() says what was found';
    const failed = 'testConnection() says what is wrong, and no secret';

    it.each([
      ['says nothing', found, (_: string, isBroken: boolean) => (isBroken ? fail('Refused.') : ' '), 'returns nothing'],
      [
        'says no text',
        found,
        (_: string, isBroken: boolean) => (isBroken ? fail('Refused.') : true),
        'returns nothing',
      ],
      [
        'says a secret',
        found,
        (token: string, isBroken: boolean) => (isBroken ? fail('Refused.') : token),
        'secret option',
      ],
      ['succeeds all the same', failed, () => 'It works.', 'succeeds when its system cannot be read'],
      [
        'fails with a secret',
        failed,
        (token: string, isBroken: boolean) => (isBroken ? fail(token) : 'Good.'),
        'secret option',
      ],
    ])('%s', async (_, name, testConnection, message) => {
      expect(await failuresOf(testing(testConnection), contract)).toEqual({
        [name]: expect.stringContaining(message) as string,
      });
    });
  });
});

describe('the suite', () => {
  it('says no more than ten sentences a test', async () => {
    const nobody = Array.from({ length: 12 }, () => ({}));
    const [message] = Object.values(await failuresOf(giving((all) => [...all, { dataType: 'user', records: nobody }])));
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toMatch(/… and 2 more\.$/);
  });

  it('gives a source what it may read, and what the test adds', async () => {
    let seen: unknown;
    class Reading extends GoodSource {
      override async *pull(asked: Partial<PullRequest> = {}) {
        const { ctx, instance } = this as unknown as {
          ctx: { t(key: string): string; getCurrentLocale(): string; app: unknown };
          instance: { name: string; get(name: string): unknown };
        };
        if (asked.request)
          seen = [
            ctx.t('a'),
            ctx.getCurrentLocale(),
            ctx.app,
            instance.name,
            instance.get('sourceType'),
            asked.request,
          ];
        yield* super.pull(asked);
      }
    }
    expect(await failuresOf(Reading, { ctx: { app: 'mine' } })).toEqual({});
    expect(seen).toEqual(['a', 'en-US', 'mine', 'tried', 'tried', {}]);
  });

  it('asks for describe and it where there are none', () => {
    const { describe: own } = globalThis;
    Object.assign(globalThis, { describe: undefined });
    try {
      expect(() => describeSource('tried', { syncSource: GoodSource, options: () => ({}) })).toThrow(
        '{ runner: { describe, it } }',
      );
    } finally {
      Object.assign(globalThis, { describe: own });
    }
  });
});
