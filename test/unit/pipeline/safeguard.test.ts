import fc from 'fast-check';
import { DEFAULT_RULES } from '../../../src/common/rules';
import {
  holdParams,
  judgeRemovals,
  nothingRemoved,
  removesAnybody,
  wouldBeHeld,
  type RecentRemovals,
  type RemovalForecast,
  type RemovalKind,
  type RemovalShare,
} from '../../../src/server/pipeline/safeguard';

const HOURS = 24;
const KINDS: readonly RemovalKind[] = ['users', 'departments', 'adopted'];
const limits = DEFAULT_RULES.limits;

/** What would be removed of how many: `{users: [6, 20]}`. */
type Shares = Readonly<Partial<Record<RemovalKind, readonly [removed: number, owned: number]>>>;

function forecast(shares: Shares, isEmpty = false): RemovalForecast {
  const share = (kind: RemovalKind): RemovalShare => {
    const [removed, owned] = shares[kind] ?? [0, 100];
    return { removed, owned };
  };
  return { users: share('users'), departments: share('departments'), adopted: share('adopted'), isEmpty };
}

const recent = (removed: Partial<Record<RemovalKind, number>> = {}): RecentRemovals => ({
  ...nothingRemoved(HOURS),
  ...removed,
});

describe('the safeguard', () => {
  it.each<[string, Shares, ReturnType<typeof judgeRemovals>]>([
    ['20 % of the users are removed', { users: [200, 1000] }, undefined],
    ['more than 20 % of the users are', { users: [201, 1000] }, 'users'],
    ['500 of very many users are', { users: [500, 100_000] }, undefined],
    ['more than 500 users are, however many there are', { users: [501, 100_000] }, 'users'],
    ['five of a few are', { users: [5, 6] }, undefined],
    ['more than five of a few are', { users: [6, 20] }, 'users'],
    ['departments are judged by themselves', { users: [0, 1000], departments: [6, 20] }, 'departments'],
    ['users who were there before count apart', { users: [26, 1000], adopted: [26, 1000] }, 'adopted'],
    ['nobody is removed', {}, undefined],
  ])('judges a run by what it removes: %s', (_rule, shares, reason) => {
    expect(judgeRemovals(forecast(shares), recent(), limits)).toBe(reason);
  });

  it('holds an empty full delivery whatever the limits are', () => {
    const unlimited = { count: 1_000_000, percent: 100 };
    const none = { users: unlimited, departments: unlimited, adopted: unlimited };
    expect(judgeRemovals(forecast({}, true), recent(), none)).toBe('empty');
  });

  it('counts what earlier runs have removed, so that many small deliveries do not pass', () => {
    const small = forecast({ users: [10, 85] });
    expect(judgeRemovals(small, recent({ users: 9 }), limits)).toBe('usersLately');
    expect(judgeRemovals(small, recent({ users: 8 }), limits)).toBeUndefined();
    expect(judgeRemovals(small, recent({ departments: 400 }), limits)).toBeUndefined();
  });

  it('does not hold a run that removes nobody for what others have removed', () => {
    expect(judgeRemovals(forecast({ users: [0, 10] }), recent({ users: 400 }), limits)).toBeUndefined();
  });

  it('always asks when the limit is 0', () => {
    const always = { ...limits, users: { count: 0, percent: 100 } };
    expect(judgeRemovals(forecast({ users: [1, 1000] }), recent(), always)).toBe('users');
    expect(judgeRemovals(forecast({ users: [0, 1000] }), recent(), always)).toBeUndefined();
  });

  it('judges a run only when it removes somebody', () => {
    expect(removesAnybody(forecast({}))).toBe(false);
    for (const kind of KINDS) expect(removesAnybody(forecast({ [kind]: [1, 100] }))).toBe(true);
  });

  it('says in numbers what would be removed and what is allowed', () => {
    const removals = forecast({ users: [30, 90] });
    const before = recent({ users: 10 });
    expect(wouldBeHeld({ reason: 'users', forecast: removals, recent: before, limits })).toEqual({
      reason: 'users',
      hours: HOURS,
      users: { removed: 30, owned: 90, removedLately: 10, limit: 20 },
      departments: { removed: 0, owned: 100, removedLately: 0, limit: 20 },
      adopted: { removed: 0, owned: 100, removedLately: 0, limit: 10 },
    });
    expect(holdParams({ reason: 'users', forecast: removals, recent: before, limits })).toMatchObject({
      held: 'users',
      concerns: 'users',
      users: 30,
      ownedUsers: 90,
      recentUsers: 10,
      limitUsers: 20,
    });
  });

  it.each([
    [{ users: [1, 9], departments: [1, 9] }, 'both'],
    [{ departments: [1, 9] }, 'departments'],
    [{}, 'none'],
  ] as const)('speaks only of what would be removed: %j', (shares, concerns) => {
    expect(holdParams({ reason: 'empty', forecast: forecast(shares, true), recent: recent(), limits })).toMatchObject({
      concerns,
    });
  });

  it('holds a run whose numbers exceed a limit, and more removals never pass where fewer are held', () => {
    const count = fc.nat({ max: 700 });
    const limit = fc.record({ count, percent: fc.nat({ max: 100 }) });
    fc.assert(
      fc.property(count, fc.nat({ max: 5000 }), count, limit, (removed, owned, lately, users) => {
        const rules = { ...limits, users };
        const judge = (some: number) =>
          judgeRemovals(forecast({ users: [some, owned] }), recent({ users: lately }), rules);
        const removals = forecast({ users: [removed, owned] });
        const before = recent({ users: lately });
        const held = wouldBeHeld({ reason: 'users', forecast: removals, recent: before, limits: rules });
        const isExceeded = removed > 0 && removed + lately > held.users.limit;
        // Without earlier removals fewer are there to count from, so a run may be held for its own sake, too.
        if (isExceeded) expect(judge(removed)).toBeDefined();
        if (judge(removed) !== undefined) expect(judge(removed + 1)).toBeDefined();
        expect(held.users.limit).toBeLessThanOrEqual(users.count);
      }),
      { numRuns: 300 },
    );
  });
});
