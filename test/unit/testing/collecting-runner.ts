import { describeSource, type AnySourceClass, type SourceContract } from '../../../src/testing';

/** What became of the tests of the suite: nothing for one that passed, else its message. */
export type Results = Readonly<Record<string, string | undefined>>;

/** Runs the contract suite by itself, one test after another. */
export async function runSuite(contract: Omit<SourceContract, 'runner'>): Promise<Results> {
  const tests: [name: string, body: () => Promise<void>][] = [];
  const runner = {
    describe: (_: string, body: () => void) => body(),
    it: (name: string, body: () => Promise<void>) => tests.push([name, body]),
  };
  describeSource('tried', { patience: 200, ...contract, runner });
  const results: Record<string, string | undefined> = {};
  for (const [name, body] of tests)
    results[name] = await body().then(
      () => undefined,
      (error: Error) => error.message,
    );
  return results;
}

/** The tests that failed, and why. */
export async function failuresOf(
  syncSource: AnySourceClass,
  contract: Partial<SourceContract> = {},
): Promise<Record<string, string>> {
  const results = await runSuite({ options: () => ({}), ...contract, syncSource });
  return Object.fromEntries(
    Object.entries(results).filter((result): result is [string, string] => result[1] !== undefined),
  );
}
