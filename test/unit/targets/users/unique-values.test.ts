import fc from 'fast-check';
import { resolveUniqueValues } from '../../../../src/server/targets/users/unique-values';
import { candidateOf } from '../../support/candidates';
import { run } from '../../support/steps';

/** What is judged here: who wants which username and e-mail address, and whose they are today. */
interface Wish {
  readonly uid: string;
  /** The user that the record is linked to, or has found. */
  readonly row?: string;
  readonly found?: boolean;
  readonly username?: string | null;
  readonly email?: string | null;
}

type Holders = Readonly<Record<'username' | 'email', Readonly<Record<string, string>>>>;

const FIELDS = ['username', 'email'] as const;

function resolve(wishes: readonly Wish[], holders: Holders, deleted: readonly string[] = []) {
  const candidates = wishes.map(({ uid, row, found, ...values }) =>
    candidateOf(uid, {
      ...(row === undefined ? {} : { row: { id: row } }),
      ...(found ? { newLink: { adopted: true } } : {}),
      values,
    }),
  );
  const { accepted, conflicts, releases } = run(
    resolveUniqueValues(
      candidates,
      deleted.map((id) => ({ row: { id } })),
      new Map(FIELDS.map((field) => [field, new Map(Object.entries(holders[field]))])),
      { uniqueFields: [...FIELDS] },
    ),
  );
  return {
    accepted: accepted.map(({ tracked }) => tracked.record.uid),
    conflicts: conflicts.map(({ candidate, holderId }) => [candidate.tracked.record.uid, holderId]),
    releases: Object.fromEntries(releases),
  };
}

const nobody: Holders = { username: {}, email: {} };

describe('who gets a unique value', () => {
  it('is whoever comes first', () => {
    const wishes = [
      { uid: 'a', email: 'x' },
      { uid: 'b', email: 'x' },
    ];
    expect(resolve(wishes, nobody)).toEqual({ accepted: ['a'], conflicts: [['b', 'a']], releases: {} });
  });

  it('is nobody while a user keeps it', () => {
    const holders = { username: {}, email: { x: '1' } };
    expect(resolve([{ uid: 'a', email: 'x' }], holders)).toMatchObject({ accepted: [], conflicts: [['a', '1']] });
    expect(resolve([{ uid: 'a', email: 'x' }], holders, ['1'])).toMatchObject({ accepted: ['a'], conflicts: [] });
  });

  it('may be handed on, also in a circle', () => {
    const wishes = [
      { uid: 'a', row: '1', email: 'y' },
      { uid: 'b', row: '2', email: 'x' },
    ];
    const holders = { username: {}, email: { x: '1', y: '2' } };
    expect(resolve(wishes, holders)).toEqual({ accepted: ['a', 'b'], conflicts: [], releases: { email: ['2', '1'] } });
  });

  it('is whoever lost it to a record that fails', () => {
    // c wants what only a gives up, and a loses the username to c: without c, a has it.
    const wishes = [
      { uid: 'c', username: 'bob', email: 'x' },
      { uid: 'b', username: 'bob', email: 'x' },
      { uid: 'a', row: '1', username: 'bob', email: null },
    ];
    expect(resolve(wishes, { username: {}, email: { x: '1' } })).toMatchObject({
      accepted: ['a'],
      conflicts: expect.arrayContaining([
        ['c', 'a'],
        ['b', 'a'],
      ]),
    });
  });

  it('is a user for one record only', () => {
    const wishes = [
      { uid: 'a', row: '1', found: true, username: 'taken' },
      { uid: 'b', row: '1', found: true },
    ];
    expect(resolve(wishes, nobody)).toMatchObject({ accepted: ['a'], conflicts: [['b', 'a']] });
    expect(resolve(wishes, { username: { taken: '9' }, email: {} })).toMatchObject({
      accepted: ['b'],
      conflicts: [['a', '9']],
    });
  });

  it('leaves no value with two, and nobody without what is free in the end', () => {
    const value = fc.constantFrom('x', 'y', 'z', null, undefined);
    const wishes = fc.array(
      fc.record({ row: fc.constantFrom(...LINKED, ...FOUND, undefined), username: value, email: value }),
      { maxLength: 8 },
    );
    const holder = fc.uniqueArray(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2', '3', '9')), {
      comparator: ([value, user], [otherValue, otherUser]) => value === otherValue || user === otherUser,
    });
    fc.assert(
      fc.property(wishes, holder, holder, (drawn, usernames, emails) => {
        const holders = { username: Object.fromEntries(usernames), email: Object.fromEntries(emails) };
        const people = drawn.flatMap((one, index) => readWish(one, index, drawn, holders));
        const { accepted, conflicts } = resolve(people, holders);
        expect(accepted.length + conflicts.length).toBe(people.length);
        const winners = people.filter(({ uid }) => accepted.includes(uid));
        expect(contradictions(winners, holders)).toEqual([]);
        for (const loser of people.filter(({ uid }) => !accepted.includes(uid)))
          expect(contradictions([...winners, loser], holders)).not.toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Users who are linked with a record each, and users whom any number of records find. */
const LINKED = ['1', '2'];
const FOUND = ['3', '4'];

/** A drawn wish as planning hands it over: one for each linked user, and only what differs from what is there. */
function readWish(
  { row, ...values }: Omit<Wish, 'uid' | 'found'>,
  index: number,
  drawn: readonly Omit<Wish, 'uid' | 'found'>[],
  holders: Holders,
): Wish[] {
  if (row !== undefined && LINKED.includes(row) && drawn.findIndex((one) => one.row === row) !== index) return [];
  const wanted = FIELDS.flatMap((field) => {
    const value = values[field];
    const isThere = typeof value === 'string' && holders[field][value] === row && row !== undefined;
    return value === undefined || isThere ? [] : [[field, value] as const];
  });
  const user = row === undefined ? {} : { row, found: FOUND.includes(row) };
  return [{ uid: `u${index}`, ...user, ...Object.fromEntries(wanted) }];
}

/** What cannot be true at the same time when all of these are written. */
function contradictions(people: readonly Wish[], holders: Holders): string[] {
  const found: string[] = [];
  const finders = people.filter((one) => one.found).map(({ row }) => row);
  for (const row of finders) if (finders.filter((other) => other === row).length > 1) found.push(`row ${row}`);
  for (const field of FIELDS) {
    const keepers = new Map<string, string>();
    for (const [value, id] of Object.entries(holders[field])) {
      const isGivenUp = people.some(({ row, [field]: wish }) => row === id && wish !== undefined && wish !== value);
      if (!isGivenUp) keepers.set(value, `user ${id}`);
    }
    for (const { uid, row, [field]: wish } of people) {
      if (typeof wish !== 'string') continue;
      const keeper = keepers.get(wish);
      const self = row === undefined ? `record ${uid}` : `user ${row}`;
      if (keeper !== undefined && keeper !== self) found.push(`${field} ${wish}: ${keeper} and ${self}`);
      keepers.set(wish, self);
    }
  }
  return found;
}
