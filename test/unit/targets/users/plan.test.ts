import fc from 'fast-check';
import type { Outcome } from '../../../../src/server/model/outcome';
import type { UserRecord } from '../../../../src/server/model/records';
import type { RemovalPolicy } from '../../../../src/common/rules';
import type { TrackedRecord } from '../../../../src/server/model/tracked-record';
import { planUsers } from '../../../../src/server/targets/users/plan';
import type { UserPlan, UserRow, UserSnapshot } from '../../../../src/server/targets/users/types';
import { userCatalogue } from '../../support/catalogue';
import { chunkOf, SOURCE } from '../../support/chunk';
import { deferredUids, outcomeOf, outcomesByUid, warningsOf } from '../../support/outcomes';
import { ACTIVE, ADOPTED, INACTIVE, linkId, recordId, user } from '../../support/records';
import { run } from '../../support/steps';
import { claimOf, snapshotOf, UserTable } from '../../support/user-table';

type Records = readonly TrackedRecord<UserRecord>[];

const plan = (records: Records, known: Partial<UserSnapshot> = {}, options: Parameters<typeof chunkOf>[1] = {}) =>
  run(planUsers(chunkOf(records, options), snapshotOf(known), userCatalogue));

const rows = (...list: UserRow[]) => new Map(list.map((row) => [String(row.id), row]));

/** The records for which a plan writes something. */
function writtenUids({ creates, updates, deletes, disables }: UserPlan): string[] {
  const changed = updates.filter(
    ({ values, newLink, isEnabled, reactivatedLinkIds }) =>
      Object.keys(values).length > 0 || newLink || isEnabled || reactivatedLinkIds.length > 0,
  );
  return [...creates, ...changed, ...deletes, ...disables].map(({ tracked }) => tracked.record.uid);
}

/** Everything that a plan writes. */
function writesOf(made: UserPlan): unknown[] {
  const { deactivatedLinkIds, obsoleteLinkIds, releases } = made;
  return [...writtenUids(made), ...deactivatedLinkIds, ...obsoleteLinkIds, ...releases.keys()];
}

describe('a delivered user', () => {
  it('is created where there is none, and says what it got', () => {
    const made = plan([user('ada', { fields: { nickname: 'Ada', email: '' } })]);
    expect(made.creates.map(({ values }) => values)).toEqual([{ nickname: 'Ada', email: null }]);
    expect(outcomeOf(made, 'ada')).toMatchObject({
      action: 'created',
      changes: { nickname: { old: null, new: 'Ada' } },
    });
  });

  it.each([
    ['what the source delivers is put back', { nickname: 'Ada' }, { nickname: 'Countess' }, { nickname: 'Ada' }],
    ['what is the same is not written', { nickname: 'Ada' }, { nickname: 'Ada' }, {}],
    ['an absent field leaves the value', { nickname: 'Ada' }, { nickname: 'Ada', phone: '1' }, {}],
    ['null empties a field', { phone: null }, { phone: '1' }, { phone: null }],
    ['an empty text empties a unique field', { email: '' }, { email: 'a@x' }, { email: null }],
    ['an empty text is none in a field that is not unique', { nickname: '' }, { nickname: 'A' }, { nickname: '' }],
  ])('changes its row: %s', (_rule, fields, stored, written) => {
    const changed = plan([user('ada', { fields, links: { 'users:1': ACTIVE } })], {
      linked: rows({ id: '1', ...stored }),
    });
    expect(changed.updates.map(({ values }) => values)).toEqual([written]);
    expect(outcomesByUid(changed)).toEqual({ ada: Object.keys(written).length > 0 ? 'updated' : 'unchanged' });
  });

  it('fails alone when a value is wrong, and loses only the fields that cannot be written', () => {
    const mixed = plan([
      user('bad', { fields: { nickname: { first: 'Ada' } } }),
      user('odd', { fields: { nickname: 'Odd', shoeSize: 42 } }),
    ]);
    expect(outcomesByUid(mixed)).toEqual({ bad: 'VALUE_INVALID', odd: 'created' });
    expect(warningsOf(mixed)).toEqual([['odd', 'FIELD_UNKNOWN']]);
  });

  it('is enabled again only when synchronization has disabled it', () => {
    const linked = rows({ id: '1' });
    const returns = [user('ada', { links: { 'users:1': INACTIVE } })];
    const bySync = plan(returns, { linked, disabled: new Map([['1', 'sync']]) });
    expect(bySync.updates).toMatchObject([
      { isEnabled: true, reactivatedLinkIds: [linkId('ada', 'users', '1')], staleLinkIds: [] },
    ]);
    expect(outcomesByUid(bySync)).toEqual({ ada: 'enabled' });
    const byHand = plan(returns, { linked, disabled: new Map([['1', 'hand']]) });
    expect(byHand.updates).toMatchObject([{ isEnabled: false }]);
    expect(outcomesByUid(byHand)).toEqual({ ada: 'linked' });
  });

  it('is created anew when somebody has deleted its row, without the old memberships', () => {
    const again = plan([user('ada', { links: { 'users:1': ACTIVE, 'departments:7': ACTIVE } })]);
    expect(outcomesByUid(again)).toEqual({ ada: 'created' });
    expect(again.obsoleteLinkIds).toEqual([linkId('ada', 'users', '1'), linkId('ada', 'departments', '7')]);
  });

  it('is left alone when it is protected, linked or found', () => {
    const protectedUsers = new Map([['1', 'root' as const]]);
    const fields = { nickname: 'Mallory', email: 'root@x' };
    const linked = plan([user('m', { fields, links: { 'users:1': ACTIVE } })], {
      linked: rows({ id: '1' }),
      protectedUsers,
    });
    const found = plan(
      [user('m', { fields })],
      { matched: new Map([['root@x', { id: '1' }]]), protectedUsers },
      { matchKey: 'email' },
    );
    for (const refused of [linked, found]) {
      expect(outcomeOf(refused, 'm')).toMatchObject({
        code: 'PROTECTED_USER',
        params: { user: '1', protection: 'root' },
      });
      expect(writesOf(refused)).toEqual([]);
    }
  });

  it.each([
    ['a user of its own keeps what the source made', claimOf(SOURCE), { username: 'ada' }, []],
    ['a user that another source made', claimOf('ldap'), {}, [['ada', 'IDENTITY_KEPT']]],
    ['a user that was there before', claimOf(SOURCE, { adopted: true }), {}, [['ada', 'IDENTITY_KEPT']]],
  ])('changes how somebody signs in only by the rules: %s', (_rule, claim, written, warnings) => {
    const changed = plan(
      [user('ada', { fields: { username: 'ada' }, links: { 'users:1': ACTIVE } })],
      { linked: rows({ id: '1', username: 'old' }), claims: new Map([['1', [claim]]]) },
      { protection: { identity: 'keep' } },
    );
    expect(changed.updates.map(({ values }) => values)).toEqual([written]);
    expect(warningsOf(changed)).toEqual(warnings);
  });
});

describe('a record that finds a user by the match key', () => {
  const matched = new Map([['a@x', { id: '1', email: 'a@x' }]]);
  const record = user('ada', { fields: { email: 'a@x' } });
  const find = (records: Records, known: Partial<UserSnapshot>, final = true) =>
    plan(records, { matched, ...known }, { matchKey: 'email', final });

  it.each([
    ['nobody claims', [], true],
    ['another source made', [claimOf('ldap')], false],
    ['another source found', [claimOf('ldap', { adopted: true })], true],
  ])('is linked with a user that %s', (_rule, claims, adopted) => {
    const linked = find([record], { claims: new Map([['1', claims]]) });
    expect(linked.updates).toMatchObject([{ row: { id: '1' }, newLink: { adopted }, values: {} }]);
    expect(outcomesByUid(linked)).toEqual({ ada: 'linked' });
  });

  it.each([
    ['an empty value', { email: '' }, 'email'],
    ['an empty value of a field that is not unique', { phone: '' }, 'phone'],
    ['no value', {}, 'email'],
    ['no match key', { email: 'b@x' }, undefined],
  ])('finds nobody with %s', (_rule, fields, matchKey) => {
    const everybody = new Map([...matched, ['', { id: '2', email: '' }]]);
    expect(outcomesByUid(plan([user('ada', { fields })], { matched: everybody }, { matchKey }))).toEqual({
      ada: 'created',
    });
  });

  it.each([
    ['a record that keeps it', [claimOf(SOURCE, { uid: 'old' })], [], { ada: 'MATCH_CONFLICT' }],
    ['a record that was removed before', [claimOf(SOURCE, { uid: 'old', inactive: true })], [], { ada: 'linked' }],
    [
      'a record that is removed with it',
      [claimOf(SOURCE, { uid: 'old', recordId: recordId('old'), linkId: linkId('old', 'users', '1') })],
      [user('old', { isDeleted: true, links: { 'users:1': ACTIVE } })],
      { ada: 'linked', old: 'disabled' },
    ],
    [
      'a record that is delivered with it',
      [],
      [user('old', { links: { 'users:1': ACTIVE } })],
      { ada: 'MATCH_CONFLICT', old: 'unchanged' },
    ],
  ])('shares no user of its source with %s', (_rule, claims, others, outcomes) => {
    const known = { linked: rows({ id: '1', email: 'a@x' }), claims: new Map([['1', claims]]) };
    expect(outcomesByUid(find([record, ...others], known))).toEqual(outcomes);
    const isRefused = outcomes.ada === 'MATCH_CONFLICT';
    expect(deferredUids(find([record, ...others], known, false))).toEqual(isRefused ? ['ada'] : []);
  });

  it('takes over the links of a former record', () => {
    const former = claimOf(SOURCE, { uid: 'old', inactive: true });
    const taken = find([record], { claims: new Map([['1', [former]]]) });
    expect(taken.updates).toMatchObject([{ formerRecordIds: [former.recordId] }]);
    expect(taken.obsoleteLinkIds).toEqual([former.linkId]);
  });
});

describe('unique values', () => {
  const holders = new Map([['email', new Map([['a@x', '1']])]]);
  const linked = rows({ id: '1', email: 'a@x' });
  const newcomer = user('new', { fields: { email: 'a@x' } });

  it('move from one user to another in one delivery, in any order', () => {
    const giver = user('old', { fields: { email: 'b@x' }, links: { 'users:1': ACTIVE } });
    for (const records of [
      [newcomer, giver],
      [giver, newcomer],
    ]) {
      const moved = plan(records, { linked, holders });
      expect(outcomesByUid(moved)).toEqual({ new: 'created', old: 'updated' });
      expect(moved.releases).toEqual(new Map([['email', ['1']]]));
    }
  });

  it('are free when their user is deleted, and taken when it is only disabled', () => {
    const removed = user('old', { isDeleted: true, links: { 'users:1': ACTIVE } });
    const remove = (policy: 'delete' | 'disable') =>
      outcomesByUid(plan([newcomer, removed], { linked, holders }, { removal: { users: policy } }));
    expect(remove('delete')).toEqual({ new: 'created', old: 'deleted' });
    expect(remove('disable')).toEqual({ new: 'UNIQUE_CONFLICT', old: 'disabled' });
  });

  it('that a user keeps are judged when the rest of the delivery is known', () => {
    const early = plan([newcomer], { holders }, { final: false });
    expect([outcomesByUid(early), deferredUids(early), writesOf(early)]).toEqual([{}, ['new'], []]);
    expect(outcomeOf(plan([newcomer], { holders }), 'new')).toMatchObject({
      code: 'UNIQUE_CONFLICT',
      params: { field: 'email', value: 'a@x', holder: 'user', holderId: '1' },
    });
  });
});

describe('the limit of enabled users', () => {
  const limit = (records: Records, remaining: number, known: Partial<UserSnapshot> = {}) =>
    plan(records, { remaining, ...known }, { run: { userLimit: 3 } });
  const names = (uids: readonly string[]) => uids.map((uid) => user(uid, { fields: { username: uid } }));

  it('admits the first ones, and says why not to the others', () => {
    const limited = limit(names(['a', 'b', 'c']), 2);
    expect(outcomesByUid(limited)).toEqual({ a: 'created', b: 'created', c: 'USER_LIMIT' });
    expect(outcomeOf(limited, 'c')).toMatchObject({ params: { limit: 3 } });
  });

  it.each([
    ['an enabled user is removed', new Map<string, 'sync'>(), 'created'],
    ['a disabled user is removed', new Map([['1', 'sync' as const]]), 'USER_LIMIT'],
  ])('counts who is left when %s', (_rule, disabled, outcome) => {
    const removed = user('old', { isDeleted: true, links: { 'users:1': ACTIVE } });
    const records = [...names(['a']), removed];
    const result = plan(
      records,
      { remaining: 0, linked: rows({ id: '1' }), disabled },
      { removal: { users: 'delete' }, run: { userLimit: 3 } },
    );
    expect(outcomesByUid(result)).toEqual({ a: outcome, old: 'deleted' });
  });

  it('does not hold changes to users who are enabled, and holds those who would be', () => {
    const linked = rows({ id: '1' }, { id: '2' });
    const records = [
      user('here', { fields: { nickname: 'H' }, links: { 'users:1': ACTIVE } }),
      user('back', { links: { 'users:2': INACTIVE } }),
    ];
    const result = limit(records, 0, { linked, disabled: new Map([['2', 'sync']]) });
    expect(outcomesByUid(result)).toEqual({ here: 'updated', back: 'USER_LIMIT' });
  });

  it('leaves a user over it with its values, so nobody else gets them', () => {
    const linked = rows({ id: '1', username: 'old' });
    const records = [
      user('back', { fields: { username: 'new' }, links: { 'users:1': INACTIVE } }),
      user('other', { fields: { username: 'old' }, links: { 'users:2': ACTIVE } }),
    ];
    const result = limit(records, 0, {
      linked: rows(...linked.values(), { id: '2' }),
      disabled: new Map([['1', 'sync']]),
      holders: new Map([['username', new Map([['old', '1']])]]),
    });
    expect(outcomesByUid(result)).toEqual({ back: 'USER_LIMIT', other: 'UNIQUE_CONFLICT' });
    expect(result.releases.size).toBe(0);
  });
});

describe('a removed user', () => {
  const removed = (links = { 'users:1': ACTIVE }) => user('ada', { isDeleted: true, links });
  const linked = rows({ id: '1', nickname: 'Ada' });
  const own = linkId('ada', 'users', '1');

  it.each([
    ['disable', ACTIVE, 'disabled', { disables: 1, deactivatedLinkIds: [own] }],
    ['delete', ACTIVE, 'deleted', { deletes: 1, obsoleteLinkIds: [own], unlinkedRecordIds: [recordId('ada')] }],
    ['keep', ACTIVE, 'unlinked', { obsoleteLinkIds: [own], unlinkedRecordIds: [recordId('ada')] }],
    ['disable', ADOPTED, 'disabled', { disables: 1, deactivatedLinkIds: [own] }],
    ['delete', ADOPTED, 'disabled', { disables: 1, deactivatedLinkIds: [own] }],
    ['keep', ADOPTED, 'unlinked', { obsoleteLinkIds: [own], unlinkedRecordIds: [recordId('ada')] }],
  ] as const)('follows the policy %s (%j)', (policy, link, action, writes) => {
    const result = plan([removed({ 'users:1': link })], { linked }, { removal: { users: policy } });
    expect(outcomesByUid(result)).toEqual({ ada: action });
    expect({
      deletes: result.deletes.length,
      disables: result.disables.length,
      deactivatedLinkIds: result.deactivatedLinkIds,
      obsoleteLinkIds: result.obsoleteLinkIds,
      unlinkedRecordIds: result.unlinkedRecordIds,
    }).toEqual({
      deletes: 0,
      disables: 0,
      deactivatedLinkIds: [],
      obsoleteLinkIds: [],
      unlinkedRecordIds: [],
      ...writes,
    });
    expect(warningsOf(result)).toEqual(policy === 'delete' && link === ADOPTED ? [['ada', 'USER_KEPT']] : []);
  });

  it.each(['disable', 'delete', 'keep'] as const)('is only unlinked while another source has it (%s)', (policy) => {
    const claims = (claim = claimOf('ldap')) => new Map([['1', [claim]]]);
    const remove = (known: Partial<UserSnapshot>) =>
      plan([removed()], { linked, ...known }, { removal: { users: policy } });
    const claimed = remove({ claims: claims() });
    expect(outcomesByUid(claimed)).toEqual({ ada: 'unlinked' });
    expect([claimed.deletes, claimed.disables, claimed.alreadyDisabled]).toEqual([[], [], []]);
    const last = remove({ claims: claims(claimOf('ldap', { inactive: true })) });
    expect(outcomesByUid(last)).toEqual({ ada: { disable: 'disabled', delete: 'deleted', keep: 'unlinked' }[policy] });
  });

  it('stays when something depends on it, unless it is only unlinked', () => {
    const dependents = new Map([['1', '3 open approvals']]);
    const needed = plan([removed()], { linked, dependents }, { removal: { users: 'delete' } });
    expect(outcomeOf(needed, 'ada')).toMatchObject({
      name: 'Ada',
      code: 'HAS_DEPENDENTS',
      params: { reason: '3 open approvals' },
    });
    expect(writesOf(needed)).toEqual([]);
    expect(outcomesByUid(plan([removed()], { linked, dependents }, { removal: { users: 'keep' } }))).toEqual({
      ada: 'unlinked',
    });
  });

  it('stays when it is protected, whatever the policy', () => {
    for (const users of ['disable', 'delete', 'keep'] as const) {
      const refused = plan(
        [removed()],
        { linked, protectedUsers: new Map([['1', 'privileged']]) },
        { removal: { users } },
      );
      expect(outcomesByUid(refused)).toEqual({ ada: 'PROTECTED_USER' });
      expect(writesOf(refused)).toEqual([]);
    }
  });

  it('is not removed twice', () => {
    const twice = plan([removed({ 'users:1': INACTIVE })], { linked });
    expect([outcomesByUid(twice), writesOf(twice)]).toEqual([{ ada: 'unchanged' }, []]);
    const purged = plan(
      [removed({ 'users:1': INACTIVE })],
      { linked },
      { removal: { users: 'delete' }, run: { isPurge: true } },
    );
    expect(outcomesByUid(purged)).toEqual({ ada: 'deleted' });
  });

  it('that somebody disabled by hand stays disabled, and is not enabled by its return', () => {
    const result = plan([removed()], { linked, disabled: new Map([['1', 'hand']]) });
    expect(outcomesByUid(result)).toEqual({ ada: 'unlinked' });
    expect(result.disables).toEqual([]);
    expect(result.alreadyDisabled.map(({ record }) => record.uid)).toEqual(['ada']);
    expect(result.deactivatedLinkIds).toEqual([own]);
  });

  it('loses its links when somebody has deleted its row', () => {
    const result = plan([user('ada', { isDeleted: true, links: { 'users:1': ACTIVE, 'departments:7': ACTIVE } })]);
    expect(outcomesByUid(result)).toEqual({ ada: 'unchanged' });
    expect(result.obsoleteLinkIds).toEqual([own, linkId('ada', 'departments', '7')]);
    expect(result.unlinkedRecordIds).toEqual([recordId('ada')]);
  });
});

describe('a plan', () => {
  const value = (values: readonly string[]) => fc.constantFrom(...values, null, undefined);
  const person = fc.record({
    isDeleted: fc.boolean(),
    nickname: value(['Ada', 'Bob']),
    username: value(['a', 'b', 'c']),
    email: value(['a@x', 'b@x', 'c@x', 'd@x']),
  });
  const delivery = fc.array(person, { minLength: 1, maxLength: 6 });
  const policy = fc.constantFrom('disable', 'delete', 'keep');
  const matchKey = fc.constantFrom('email', undefined);

  const readPerson = ({ isDeleted, ...fields }: { readonly isDeleted: boolean }, index: number) =>
    user(`u${index}`, { isDeleted, fields });
  const uidsOf = (people: readonly unknown[]) => people.map((_, index) => `u${index}`);

  /** Delivers records as a run does: first those that are present, then the removed ones, then what was deferred. */
  function deliver(table: UserTable, records: Records, users: RemovalPolicy['users'], key?: string) {
    const outcomes: Outcome[] = [];
    const written: string[] = [];
    const apply = (some: Records, final: boolean): Records => {
      const options = { removal: { users }, matchKey: key, final };
      const made = run(planUsers(chunkOf(table.track(some), options), table.snapshot(key), userCatalogue));
      for (const outcome of made.outcomes) outcomes.push(outcome);
      for (const uid of writtenUids(made)) written.push(uid);
      table.write(made);
      return made.deferred;
    };
    const deferred = [false, true].flatMap((isDeleted) =>
      apply(
        records.filter(({ record }) => record.isDeleted === isDeleted),
        false,
      ),
    );
    apply(deferred, true);
    const failures = outcomes.flatMap(({ uid, action }) => (action === 'failed' ? [uid] : [])).sort();
    return { written, failures, uids: outcomes.map(({ uid }) => uid).sort() };
  }

  it('writes what a database accepts, and nothing the second time', () => {
    fc.assert(
      fc.property(delivery, delivery, policy, matchKey, (first, second, users, key) => {
        const table = new UserTable([
          { id: '1', username: 'a', email: 'b@x' },
          { id: '2', username: 'b', email: 'a@x' },
        ]);
        const once = deliver(table, first.map(readPerson), users, key);
        const twice = deliver(table, second.map(readPerson), users, key);
        const again = deliver(table, second.map(readPerson), users, key);
        expect([once, twice].map(({ uids }) => uids)).toEqual([first, second].map((people) => uidsOf(people)));
        // A record that failed may be applied when what stood in its way has changed.
        expect(again.written.filter((uid) => !twice.failures.includes(uid))).toEqual([]);
        expect(again.failures.filter((uid) => !twice.failures.includes(uid))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whatever the order, where nobody wants what another gets', () => {
    const uids = ['u0', 'u1', 'u2', 'u3'];
    const emails = fc.shuffledSubarray(['a@x', 'b@x', 'c@x', 'd@x'], { minLength: 4 });
    fc.assert(
      fc.property(emails, emails, fc.shuffledSubarray(uids, { minLength: 4 }), (before, after, order) => {
        const endOf = (sequence: readonly string[]) => {
          const table = new UserTable(uids.map((uid, index) => ({ id: uid, email: before[index] })));
          for (const uid of uids) table.link(uid, uid, false);
          const records = sequence.map((uid) => user(uid, { fields: { email: after[uids.indexOf(uid)] } }));
          table.write(run(planUsers(chunkOf(table.track(records)), table.snapshot(), userCatalogue)));
          return uids.map((uid) => table.rows.get(uid)?.email);
        };
        expect(endOf(order)).toEqual(after);
      }),
      { numRuns: 200 },
    );
  });
});
