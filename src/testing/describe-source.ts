import { problemsOfEarlyAbort, problemsOfLateAbort, problemsOfWaiting } from './endings';
import { leaksOf, problemsOfConnection, problemsOfFailedConnection, problemsOfFailure } from './failures';
import { pullAll } from './handed-over';
import {
  problemsOfCount,
  problemsOfNames,
  problemsOfStoring,
  problemsOfTree,
  problemsOfUids,
  type Expected,
} from './records';
import { problemsOfReuse, problemsOfSharing, problemsOfStability } from './repeat';
import { problemOfAwaited, problemOfReturned, problemsOfDelivery } from './shape';
import { makeSource, pull, type AnySource, type AnySourceClass } from './source-under-test';
import { understand, type Understood } from './understood';

/** What a source type promises to be held to: how its sources are made, and against which systems. */
export interface SourceContract {
  /** The class, as it is registered. */
  readonly syncSource: AnySourceClass;
  /**
   * Options of a source that can be read: of a system for tests, with a few users or departments. Called for each source
   * that is made, after the hooks of the test runner (`beforeAll`).
   */
  readonly options: () => object | Promise<object>;
  /** The names that `registerType` gets. Options whose names look like secrets are secrets anyway. */
  readonly secretOptions?: readonly string[];
  /** How many records there are. Default: at least one. */
  readonly expected?: Expected;
  /**
   * Options of a source that cannot be read: a wrong token, a file that is not there. With them, it is checked how the
   * source fails.
   */
  readonly broken?: () => object | Promise<object>;
  /**
   * Options by which the source connects to this address on this machine, where a system accepts connections and never
   * answers. With them, it is checked that an aborted pull does not wait for an answer and closes its connection.
   */
  readonly silent?: (system: { readonly url: string; readonly port: number }) => object | Promise<object>;
  /** What the source uses of `this.ctx`, besides a log, `state`, `t` and `getCurrentLocale`. */
  readonly ctx?: object;
  /** The source names departments that another source delivers. Default: `false`. */
  readonly allowUnknownDepartments?: boolean;
  /** How soon a pull ends after it was aborted, in ms. Default: 3000. */
  readonly patience?: number;
  /** Default: the global `describe` and `it`. */
  readonly runner?: TestRunner;
}

/** `describe` and `it` of jest, vitest, node:test, mocha, … */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** A name, and a list of sentences about what is wrong. */
type Check = readonly [name: string, problems: () => Promise<readonly string[]>];

/**
 * The contract suite: tests that every source type has to pass, in any test runner.
 *
 * @param type the name of the source type
 * @example
 * describeSource('hr', {
 *   syncSource: HrSource,
 *   options: () => ({ url: server.url, token: 'let-me-in' }),
 *   broken: () => ({ url: server.url, token: 'a wrong one' }),
 *   silent: ({ url }) => ({ url, token: 'let-me-in' }),
 *   expected: { users: 2, departments: 1 },
 * });
 */
export function describeSource(type: string, contract: SourceContract): void {
  const { describe, it } = contract.runner ?? globalRunner();
  const { syncSource, ctx } = contract;
  const make: Make = async (options) => makeSource(syncSource, type, await options(), ctx);
  describe(`source type ${type}`, () => {
    for (const [name, problems] of [...checksOfPull(contract, make), ...checksOfFailure(contract, make)])
      it(name, async () => reject(await problems()));
  });
}

type Make = (options: SourceContract['options']) => Promise<AnySource>;

/** What holds of a source that can be read. */
function checksOfPull(contract: SourceContract, make: Make): Check[] {
  const { options, expected = {}, allowUnknownDepartments = false, patience = 3000, silent } = contract;
  const handedOver = async () => pullAll(await make(options));
  const understood = async () => understand(await handedOver());
  const ofRecords = (problems: (understood: Understood) => string[]) => async () => problems(await understood());
  return [
    ['pull() returns deliveries', async () => problemsOfShape(await make(options))],
    ['pull() returns the records of its system', ofRecords((all) => problemsOfCount(all, expected))],
    ['every record is understood', ofRecords(({ problems }) => [...problems])],
    ['every record can be stored', async () => problemsOfStoring(await handedOver())],
    ['every uid comes once', ofRecords(problemsOfUids)],
    [
      'departments that are named are delivered',
      ofRecords((all) => (allowUnknownDepartments ? [] : problemsOfNames(all))),
    ],
    ['departments are a tree', ofRecords(problemsOfTree)],
    ['every pull returns the same uids', async () => problemsOfStability(await make(options), await make(options))],
    ['deliveries stay as they were given', async () => problemsOfReuse(await handedOver())],
    ['pulls share nothing', async () => problemsOfSharing(await make(options))],
    ['a pull that is aborted before it begins ends', async () => problemsOfEarlyAbort(await make(options), patience)],
    ['a pull that is aborted in the middle ends', async () => problemsOfLateAbort(await make(options), patience)],
    ...(silent
      ? [
          [
            'a pull that is aborted while it waits for an answer ends',
            () => problemsOfWaiting((system) => make(() => silent(system)), patience),
          ] as const,
        ]
      : []),
    [
      'testConnection() says what was found',
      async () => {
        const given = await options();
        const source = await make(() => given);
        return source.testConnection ? problemsOfConnection(source, leaksOf(given, contract.secretOptions)) : [];
      },
    ],
  ];
}

/** What holds of a source that cannot be read. */
function checksOfFailure({ broken, secretOptions }: SourceContract, make: Make): Check[] {
  if (!broken) return [];
  const withBroken = async () => {
    const given = await broken();
    return { source: await make(() => given), leaks: leaksOf(given, secretOptions) };
  };
  return [
    [
      'pull() says what is wrong, and no secret',
      async () => {
        const { source, leaks } = await withBroken();
        return problemsOfFailure(source, leaks);
      },
    ],
    [
      'testConnection() says what is wrong, and no secret',
      async () => {
        const { source, leaks } = await withBroken();
        return source.testConnection ? problemsOfFailedConnection(source, leaks) : [];
      },
    ],
  ];
}

async function problemsOfShape(source: AnySource): Promise<string[]> {
  const returned: unknown = pull(source);
  const ofReturned = problemOfReturned(returned);
  if (ofReturned !== undefined) return [ofReturned];
  const problems: string[] = [];
  let deliveries = returned as AsyncIterable<unknown> | Iterable<unknown>;
  if (!(Symbol.asyncIterator in deliveries)) {
    const awaited: unknown = await returned;
    const ofAwaited = problemOfAwaited(awaited);
    if (ofAwaited !== undefined) return [ofAwaited];
    deliveries = awaited as unknown[];
  }
  let number = 0;
  for await (const delivery of deliveries) problems.push(...problemsOfDelivery(delivery, (number += 1)));
  return problems;
}

function globalRunner(): TestRunner {
  const { describe, it } = globalThis as unknown as Partial<TestRunner>;
  if (!describe || !it)
    throw new Error(
      'There is no global describe and it. Pass those of your test runner: { runner: { describe, it } }.',
    );
  return { describe, it };
}

/** No test prints more sentences than somebody reads. */
const SHOWN = 10;

function reject(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > SHOWN ? [`… and ${problems.length - SHOWN} more.`] : [];
  throw new Error([...problems.slice(0, SHOWN), ...more].join('\n'));
}
