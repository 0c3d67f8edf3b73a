import type { Response } from 'supertest';
import { DEFAULT_RULES } from '../../../src/common/rules';
import { parseRules, readStoredRules } from '../../../src/server/sources';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';

const CONDITION = { field: 'city', operator: 'equals', value: 'Berlin' } as const;
const WHOLE = {
  removal: { users: 'delete', departments: 'keep' },
  limits: {
    users: { count: 0, percent: 0 },
    departments: { count: 10_000_000, percent: 12.5 },
    adopted: { count: 1, percent: 100 },
  },
  scope: {
    users: [CONDITION, { field: 'email', operator: 'matches', value: '@example\\.(com|org)$' }],
    departments: [{ field: 'title', operator: 'contains', value: '' }],
    subtrees: ['sales', '7'],
  },
  push: { roles: ['hr-push'] },
  protection: { privilegedUsers: 'allow', identity: 'keep', departmentRoles: 'allow' },
} as const;
const many = <T>(count: number, item: (index: number) => T) => Array.from({ length: count }, (_, index) => item(index));

describe('rules that are submitted', () => {
  it.each<[string, unknown, object]>([
    ['whole ones', WHOLE, WHOLE],
    ['none', null, DEFAULT_RULES],
    ['an empty object', {}, DEFAULT_RULES],
    ['nulls', { removal: null, limits: { users: null, departments: { count: null } }, scope: null }, DEFAULT_RULES],
    [
      'some',
      { removal: { users: 'keep' }, limits: { users: { percent: 100 } }, scope: { subtrees: ['a'] } },
      {
        removal: { users: 'keep', departments: 'delete' },
        limits: { ...DEFAULT_RULES.limits, users: { count: 500, percent: 100 } },
        scope: { users: [], departments: [], subtrees: ['a'] },
        push: { roles: [] },
        protection: DEFAULT_RULES.protection,
      },
    ],
    [
      'some of a part',
      { protection: { identity: 'keep', departmentRoles: null } },
      { ...DEFAULT_RULES, protection: { ...DEFAULT_RULES.protection, identity: 'keep' } },
    ],
    [
      'uids and fields with space around them, and twice the same uid',
      { scope: { users: [{ ...CONDITION, field: ' city ', value: ' a ' }], subtrees: [' a', 'b', 'a '] } },
      {
        ...DEFAULT_RULES,
        scope: { users: [{ ...CONDITION, value: ' a ' }], departments: [], subtrees: ['a', 'b'] },
      },
    ],
  ])('are filled with defaults: %s', (_, submitted, expected) => {
    expect(parseRules(submitted)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    ['x', 'rules: expected an object.'],
    [[], 'rules: expected an object.'],
    [{ limit: {} }, 'rules.limit: expected one of removal, limits, scope, push, protection.'],
    [JSON.parse('{"__proto__": 1}'), 'rules.__proto__: expected one of removal, limits, scope, push, protection.'],
    [{ constructor: 1 }, 'rules.constructor: expected one of removal, limits, scope, push, protection.'],
    [{ removal: 'keep' }, 'rules.removal: expected an object.'],
    [{ removal: { users: 'remove' } }, 'rules.removal.users: expected disable, delete, keep.'],
    [{ removal: { departments: 'disable' } }, 'rules.removal.departments: expected delete, keep.'],
    [{ removal: { user: 'keep' } }, 'rules.removal.user: expected one of users, departments.'],
    [{ limits: { owners: {} } }, 'rules.limits.owners: expected one of users, departments, adopted.'],
    [{ limits: { adopted: { count: -1 } } }, 'rules.limits.adopted.count: expected a whole number from 0 to 10000000.'],
    [{ push: { role: [] } }, 'rules.push.role: expected one of roles.'],
    [{ push: { roles: 'hr' } }, 'rules.push.roles: expected a list of at most 100 entries.'],
    [{ push: { roles: many(101, String) } }, 'rules.push.roles: expected a list of at most 100 entries.'],
    [{ push: { roles: [' '] } }, 'rules.push.roles[0]: expected text of 1 to 255 characters.'],
    [{ limits: { users: 5 } }, 'rules.limits.users: expected an object.'],
    [{ limits: { users: { max: 5 } } }, 'rules.limits.users.max: expected one of count, percent.'],
    [{ limits: { users: { count: -1 } } }, 'rules.limits.users.count: expected a whole number from 0 to 10000000.'],
    [{ limits: { users: { count: 1.5 } } }, 'rules.limits.users.count: expected a whole number from 0 to 10000000.'],
    [{ limits: { users: { count: '5' } } }, 'rules.limits.users.count: expected a whole number from 0 to 10000000.'],
    [{ limits: { departments: { count: 10_000_001 } } }, 'rules.limits.departments.count: expected a whole number'],
    [{ limits: { users: { percent: 100.1 } } }, 'rules.limits.users.percent: expected a number from 0 to 100.'],
    [{ limits: { users: { percent: NaN } } }, 'rules.limits.users.percent: expected a number from 0 to 100.'],
    [
      { limits: { departments: { percent: -1 } } },
      'rules.limits.departments.percent: expected a number from 0 to 100.',
    ],
    [{ scope: { users: CONDITION } }, 'rules.scope.users: expected a list of at most 50 entries.'],
    [{ scope: { users: many(51, () => CONDITION) } }, 'rules.scope.users: expected a list of at most 50 entries.'],
    [{ scope: { users: [CONDITION, null] } }, 'rules.scope.users[1]: expected an object.'],
    [{ scope: { users: ['x'] } }, 'rules.scope.users[0]: expected an object.'],
    [{ scope: { users: [{ ...CONDITION, not: true }] } }, 'rules.scope.users[0].not: expected one of field, operator,'],
    [{ scope: { users: [{ ...CONDITION, field: ' ' }] } }, 'rules.scope.users[0].field: expected text of 1 to 255 c'],
    [{ scope: { users: [{ ...CONDITION, field: 'x'.repeat(256) }] } }, 'rules.scope.users[0].field: expected text'],
    [{ scope: { users: [{ ...CONDITION, operator: 'is' }] } }, 'rules.scope.users[0].operator: expected equals, conta'],
    [{ scope: { users: [{ ...CONDITION, value: 7 }] } }, 'rules.scope.users[0].value: expected text of at most 1000 c'],
    [{ scope: { users: [{ ...CONDITION, value: 'x'.repeat(1001) }] } }, 'rules.scope.users[0].value: expected text'],
    [{ scope: { users: [{ ...CONDITION, value: '\0' }] } }, 'rules.scope.users[0].value: expected text'],
    [
      { scope: { departments: [{ ...CONDITION, operator: 'matches', value: '(' }] } },
      'rules.scope.departments[0].value: expected a regular expression in RE2 syntax',
    ],
    [
      { scope: { departments: [{ ...CONDITION, operator: 'matches', value: '(?=a)' }] } },
      'rules.scope.departments[0].value: expected a regular expression in RE2 syntax',
    ],
    [{ protection: 'none' }, 'rules.protection: expected an object.'],
    [{ protection: { root: 'allow' } }, 'rules.protection.root: expected one of privilegedUsers, identity, departme'],
    [{ protection: { privilegedUsers: true } }, 'rules.protection.privilegedUsers: expected refuse, allow.'],
    [{ protection: { departmentRoles: 'keep' } }, 'rules.protection.departmentRoles: expected refuse, allow.'],
    [{ protection: { identity: 'refuse' } }, 'rules.protection.identity: expected change, keep.'],
    [{ scope: { subtrees: 'a' } }, 'rules.scope.subtrees: expected a list of at most 1000 entries.'],
    [{ scope: { subtrees: many(1001, String) } }, 'rules.scope.subtrees: expected a list of at most 1000 entries.'],
    [{ scope: { subtrees: ['a', 7] } }, 'rules.scope.subtrees[1]: expected text of 1 to 255 characters.'],
    [{ scope: { subtrees: [' '] } }, 'rules.scope.subtrees[0]: expected text of 1 to 255 characters.'],
    [{ scope: { subtrees: ['x'.repeat(256)] } }, 'rules.scope.subtrees[0]: expected text of 1 to 255 characters.'],
  ])('are refused: %j', (submitted, message) => {
    expect(() => parseRules(submitted)).toThrow(message);
    expect(() => parseRules(submitted)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }) as Error);
  });

  it('may be as large as is allowed', () => {
    const scope = { users: many(50, () => CONDITION), departments: [], subtrees: many(1000, String) };
    expect(parseRules({ scope }).scope).toEqual(scope);
  });
});

describe('rules that are stored', () => {
  it.each<[string, unknown, object]>([
    ['nothing', null, DEFAULT_RULES],
    ['nothing at all', undefined, DEFAULT_RULES],
    ['an object', WHOLE, WHOLE],
    ['the text of an object', JSON.stringify(WHOLE), WHOLE],
    ['what is no JSON', '{', DEFAULT_RULES],
    ['what is no object', [1], DEFAULT_RULES],
    [
      'what is wrong in part',
      {
        removal: { users: 'x', departments: 'keep', more: 1 },
        limits: { users: { count: 'x', percent: 5 } },
        scope: { users: [CONDITION, { ...CONDITION, operator: 'matches', value: '(' }], subtrees: [{}, 'a'] },
        push: { roles: [7, 'b'], more: true },
        protection: { privilegedUsers: true, identity: 'keep' },
      },
      {
        removal: { users: 'disable', departments: 'keep' },
        limits: { ...DEFAULT_RULES.limits, users: { count: 500, percent: 5 } },
        scope: { users: [CONDITION], departments: [], subtrees: ['a'] },
        push: { roles: ['b'] },
        protection: { privilegedUsers: 'refuse', identity: 'keep', departmentRoles: 'refuse' },
      },
    ],
  ])('are read, whatever they are: %s', (_, stored, expected) => {
    expect(readStoredRules(stored)).toEqual(expected);
  });
});

describe('rules of a source over HTTP', () => {
  let host: TestApp;
  let admin: Caller;
  let count = 0;

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
  });
  afterAll(() => host?.stop());

  const dataOf = (response: Response): unknown => (response.body as { data: unknown }).data;
  const create = (values: object) =>
    admin.post('/api/userDataSyncSources:create', { name: `rules ${(count += 1)}`, sourceType: 'api', ...values });
  const idOf = async (values: object) => (dataOf(await create(values)) as { id: number }).id;
  const update = (id: number, values: object) => admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, values);
  const get = async (id: number, query = '') =>
    dataOf(await admin.get(`/api/userDataSyncSources:get?filterByTk=${id}${query}`));

  it('are there for every source, also for one that has none', async () => {
    expect(dataOf(await create({}))).toMatchObject({ rules: DEFAULT_RULES });
    const listed = dataOf(await admin.get('/api/userDataSyncSources:list?paginate=false')) as { rules: unknown }[];
    expect(listed.length).toBeGreaterThan(1);
    for (const { rules } of listed) expect(rules).toEqual(DEFAULT_RULES);
  });

  it('are stored with the source and changed as a whole', async () => {
    const id = await idOf({ rules: WHOLE });
    expect(await get(id)).toMatchObject({ rules: WHOLE });
    await update(id, { displayName: 'X' });
    expect(await get(id)).toMatchObject({ displayName: 'X', rules: WHOLE });
    const removal = { users: 'keep', departments: 'delete' };
    expect(dataOf(await update(id, { rules: { removal: { users: 'keep' } } }))).toMatchObject([
      { rules: { ...DEFAULT_RULES, removal } },
    ]);
    expect(await get(id)).toMatchObject({ rules: { ...DEFAULT_RULES, removal } });
    await update(id, { rules: null });
    expect(await get(id)).toMatchObject({ rules: DEFAULT_RULES });
    expect(await host.rows('userDataSyncSources', { where: { id } })).toMatchObject([{ rules: null }]);
  });

  it('that are wrong are refused with their path, and nothing is stored', async () => {
    const rules = { limits: { users: { percent: 101 } } };
    const refused = await create({ name: 'refused', rules });
    expect([refused.status, errorOf(refused)]).toEqual([
      400,
      {
        code: 'INVALID_REQUEST',
        message: 'rules.limits.users.percent: expected a number from 0 to 100. Nothing was written.',
      },
    ]);
    expect(await host.rows('userDataSyncSources', { where: { name: 'refused' } })).toEqual([]);
    const id = await idOf({ rules: WHOLE });
    expect((await update(id, { rules })).status).toBe(400);
    expect((await update(id, { displayName: 'X', rules: 'none' })).status).toBe(400);
    expect(await get(id)).toMatchObject({ displayName: null, rules: WHOLE });
  });

  it('come only where they are asked for', async () => {
    const id = await idOf({ rules: WHOLE });
    expect(await get(id, '&fields[]=name')).not.toHaveProperty('rules');
    expect(await get(id, '&fields[]=rules')).toEqual({ rules: WHOLE });
  });
});
