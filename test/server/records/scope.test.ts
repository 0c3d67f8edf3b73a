import type { SyncDataType } from '../../../src/common/records';
import type { Scope, ScopeCondition } from '../../../src/common/rules';
import type { SyncRecord } from '../../../src/server/model/records';
import { normalise, parseStoredRecord } from '../../../src/server/records/normalise';
import { ScopeFilter, type ScopeVerdict } from '../../../src/server/records/scope';

const OPEN: Scope = { users: [], departments: [], subtrees: [] };

/** A record as the pipeline has it once it was understood. */
function record(dataType: SyncDataType, delivered: object): SyncRecord {
  const steps = normalise({ sourceName: 's', dataType, mode: 'delta', records: [delivered] });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { records, rejected } = step.value;
  expect(rejected).toEqual([]);
  return records[0];
}
const user = (fields: object = {}) => record('user', { uid: 'u', ...fields });
const department = (fields: object = {}) => record('department', { uid: 'd', title: 'D', ...fields });

type Condition = [field: string, operator: ScopeCondition['operator'], value: string];
const conditions = (list: Condition[]) => list.map(([field, operator, value]) => ({ field, operator, value }));
const ofUsers = (...list: Condition[]) => new ScopeFilter({ ...OPEN, users: conditions(list) }, new Map());
const ofDepartments = (...list: Condition[]) => new ScopeFilter({ ...OPEN, departments: conditions(list) }, new Map());

describe('without rules', () => {
  const filter = new ScopeFilter(OPEN, new Map());

  it('everything is taken as it is', () => {
    expect(filter.isOpen).toBe(true);
    for (const one of [user(), user({ departments: ['x'] }), department({ parentUid: 'x' })]) {
      expect(filter.judge(one)).toBe('in');
      expect(filter.narrow(one)).toBe(one);
    }
  });

  it.each<Partial<Scope>>([
    { users: conditions([['uid', 'equals', 'u']]) },
    { departments: conditions([['uid', 'equals', 'u']]) },
    { subtrees: ['a'] },
  ])('%j is not without', (scope) => {
    expect(new ScopeFilter({ ...OPEN, ...scope }, new Map()).isOpen).toBe(false);
  });
});

describe('a condition', () => {
  it.each<[Condition, object, ScopeVerdict]>([
    [['city', 'equals', ' berlin '], { city: 'BERLIN ' }, 'in'],
    [['city', 'equals', 'berlin'], { city: 'Berlin-Mitte' }, 'out'],
    [['city', 'equals', 'ÄÖÜ'], { city: 'äöü' }, 'in'],
    [['city', 'contains', 'LIN'], { city: 'Berlin' }, 'in'],
    [['city', 'contains', 'ham'], { city: 'Berlin' }, 'out'],
    [['city', 'contains', ''], { city: '' }, 'in'],
    [['city', 'contains', '.*'], { city: 'Berlin' }, 'out'],
    [['city', 'matches', 'erl'], { city: 'Berlin' }, 'in'],
    [['city', 'matches', '^erl'], { city: 'Berlin' }, 'out'],
    [['city', 'matches', 'BER'], { city: 'Berlin' }, 'out'],
    [['city', 'matches', '(?i)BER'], { city: 'Berlin' }, 'in'],
    [['city', 'matches', '^(Berlin|Wien)$'], { city: ' Wien' }, 'out'],
    [['city', 'matches', '^\\p{Lu}\\p{Ll}+$'], { city: 'Łódź' }, 'in'],
    [['level', 'equals', '7'], { level: 7 }, 'in'],
    [['level', 'matches', '^[7-9]$'], { level: 10 }, 'out'],
    [['isStaff', 'equals', 'True'], { isStaff: true }, 'in'],
    [['isStaff', 'equals', 'false'], { isStaff: false }, 'in'],
    [['city', 'equals', ''], { city: null }, 'in'],
    [['city', 'equals', ''], { city: '  ' }, 'in'],
    [['city', 'equals', 'Berlin'], { city: null }, 'out'],
    [['city', 'equals', 'Berlin'], {}, 'unknown'],
    [['city', 'equals', ''], {}, 'unknown'],
    [['sites', 'equals', 'b'], { sites: ['A', 'B'] }, 'in'],
    [['sites', 'equals', '2'], { sites: [1, 2] }, 'in'],
    [['sites', 'equals', 'A,B'], { sites: ['A', 'B'] }, 'out'],
    [['sites', 'equals', ''], { sites: [] }, 'in'],
    [['sites', 'contains', 'a'], { sites: [['a'], { a: 'a' }] }, 'out'],
    [['place', 'equals', 'berlin'], { place: { city: 'Berlin', floor: 3 } }, 'in'],
    [['place', 'contains', 'object'], { place: { city: 'Berlin' } }, 'out'],
    [['uid', 'matches', '^u$'], {}, 'in'],
    [['uid', 'equals', 'v'], {}, 'out'],
    [['departments', 'equals', 'OPS'], { departments: ['rnd', { uid: 'ops', isOwner: true }] }, 'in'],
    [['departments', 'equals', 'hr'], { departments: ['rnd', 7] }, 'out'],
    [['departments', 'equals', ''], { departments: null }, 'in'],
    [['departments', 'contains', ''], {}, 'unknown'],
    [['title', 'equals', 'Dr.'], { title: 'Dr.' }, 'in'],
    [['parentUid', 'equals', ''], {}, 'unknown'],
    [['constructor', 'contains', ''], {}, 'unknown'],
    [['__proto__', 'contains', ''], {}, 'unknown'],
  ])('%j on a user with %j says %s', (condition, fields, verdict) => {
    expect(ofUsers(condition).judge(user(fields))).toBe(verdict);
    expect(ofDepartments(condition).judge(user(fields))).toBe('in');
  });

  it.each<[Condition, object, ScopeVerdict]>([
    [['title', 'contains', 'sales'], { title: 'EMEA Sales' }, 'in'],
    [['title', 'contains', 'sales'], { title: 'Finance' }, 'out'],
    [['title', 'equals', '7'], { title: 7 }, 'in'],
    [['parentUid', 'equals', ''], {}, 'in'],
    [['parentUid', 'equals', 'top'], { parentUid: 'top' }, 'in'],
    [['kind', 'equals', 'team'], { kind: 'Team' }, 'in'],
    [['kind', 'equals', 'team'], {}, 'unknown'],
    [['departments', 'contains', ''], {}, 'unknown'],
  ])('%j on a department with %j says %s', (condition, fields, verdict) => {
    expect(ofDepartments(condition).judge(department(fields))).toBe(verdict);
    expect(ofUsers(condition).judge(department(fields))).toBe('in');
  });

  it.each<[object, ScopeVerdict]>([
    [{ city: 'Berlin', level: 7 }, 'in'],
    [{ city: 'Berlin', level: 8 }, 'out'],
    [{ city: 'Wien', level: 7 }, 'out'],
    [{ city: 'Berlin' }, 'unknown'],
    [{ level: 7 }, 'unknown'],
    [{ city: 'Wien' }, 'out'],
    [{ level: 8 }, 'out'],
    [{}, 'unknown'],
  ])('among several counts as much as the others: %j is %s', (fields, verdict) => {
    expect(ofUsers(['city', 'equals', 'berlin'], ['level', 'equals', '7']).judge(user(fields))).toBe(verdict);
  });

  it('takes every record that is deleted', () => {
    const filter = new ScopeFilter(
      {
        users: conditions([['city', 'equals', 'x']]),
        departments: conditions([['uid', 'equals', 'x']]),
        subtrees: ['x'],
      },
      new Map(),
    );
    expect(filter.judge(user({ isDeleted: true, city: 'y', departments: ['y'] }))).toBe('in');
    expect(filter.judge(department({ isDeleted: true, parentUid: 'y' }))).toBe('in');
    const gone = department({ uid: 'x', isDeleted: true, parentUid: 'y' });
    expect(filter.narrow(gone)).toBe(gone);
  });

  it('never finds out what a secret is', () => {
    const one = user({ apiToken: 'S3cret', login: { password: 'S3cret', name: 'ada' } });
    expect(ofUsers(['apiToken', 'contains', 'S3']).judge(one)).toBe('out');
    expect(ofUsers(['login', 'contains', 'S3']).judge(one)).toBe('out');
    expect(ofUsers(['login', 'equals', 'ada']).judge(one)).toBe('in');
  });

  it('matches hostile expressions on long texts in no time', () => {
    const texts = ['a'.repeat(20_000) + '!', 'x'.repeat(20_000)];
    const started = Date.now();
    for (const expression of ['^(a+)+$', '^(a|a)*$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]$'])
      for (const city of texts)
        expect(ofUsers(['city', 'matches', expression]).judge(user({ city }))).toMatch(/in|out/);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

describe('subtrees', () => {
  //   top ─ sales ─ emea ─ dach        hr ─ payroll        x ⇄ y      lost ─ (never delivered)
  const parents = new Map<string, string | null>([
    ['dach', 'emea'],
    ['emea', 'sales'],
    ['sales', 'top'],
    ['top', null],
    ['hr', null],
    ['payroll', 'hr'],
    ['x', 'y'],
    ['y', 'x'],
    ['lost', 'never delivered'],
  ]);
  const of = (...subtrees: string[]) => new ScopeFilter({ ...OPEN, subtrees }, parents);
  const place = (uid: string) => department({ uid, parentUid: parents.get(uid) });

  it.each<[string[], string[]]>([
    [['sales'], ['dach', 'emea', 'sales']],
    [
      ['sales', 'hr'],
      ['dach', 'emea', 'hr', 'payroll', 'sales'],
    ],
    [
      ['sales', 'dach'],
      ['dach', 'emea', 'sales'],
    ],
    [['dach'], ['dach']],
    [['x'], ['x', 'y']],
    [['never delivered'], ['lost']],
    [['SALES'], []],
    [['unknown'], []],
  ])('%j take these departments: %j', (subtrees, taken) => {
    const filter = of(...subtrees);
    const judged = [...parents.keys()].filter((uid) => filter.judge(place(uid)) === 'in');
    expect(judged.sort()).toEqual(taken);
  });

  it('go by what a department is delivered with, also when it is new', () => {
    expect(of('sales').judge(department({ uid: 'new', parentUid: 'emea' }))).toBe('in');
    expect(of('sales').judge(department({ uid: 'new', parentUid: 'hr' }))).toBe('out');
    expect(of('sales').judge(department({ uid: 'new' }))).toBe('out');
  });

  it.each<[unknown, ScopeVerdict]>([
    [['dach'], 'in'],
    [['hr', { uid: 'dach' }], 'in'],
    [['hr'], 'out'],
    [[], 'out'],
    [null, 'out'],
    [undefined, 'unknown'],
    [['not delivered yet'], 'unknown'],
    [['hr', 'not delivered yet'], 'unknown'],
    [['dach', 'not delivered yet'], 'in'],
    [['x', 'lost'], 'out'],
  ])('a user in %j is %s', (departments, verdict) => {
    expect(of('sales').judge(user({ departments }))).toBe(verdict);
  });

  it('count together with conditions', () => {
    const filter = new ScopeFilter(
      { ...OPEN, users: conditions([['city', 'equals', 'x']]), subtrees: ['hr'] },
      parents,
    );
    expect(filter.judge(user({ city: 'x', departments: ['hr'] }))).toBe('in');
    expect(filter.judge(user({ city: 'y', departments: ['hr'] }))).toBe('out');
    expect(filter.judge(user({ city: 'y' }))).toBe('out');
    expect(filter.judge(user({ city: 'x' }))).toBe('unknown');
    expect(filter.judge(user({ departments: ['dach'] }))).toBe('out');
  });

  it('cost the same for every department of a long chain', () => {
    const chain = new Map(Array.from({ length: 100_000 }, (_, index) => [`d${index}`, index ? `d${index - 1}` : null]));
    const filter = new ScopeFilter({ ...OPEN, subtrees: ['elsewhere', 'd0'] }, chain);
    const any = department();
    const records = [...chain].reverse().map(([uid, parentUid]) => ({ ...any, uid, parentUid }) as SyncRecord);
    const started = Date.now();
    expect(records.filter((one) => filter.judge(one) !== 'in')).toEqual([]);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  describe('narrow', () => {
    /** What was narrowed and what would be read again from what is stored have to be the same. */
    function expectStoredAlike(one: SyncRecord): void {
      const stored = parseStoredRecord(one.dataType, JSON.parse(JSON.stringify(one.raw)));
      expect(stored).toEqual({ ...one, path: 'stored record', position: 0 });
    }

    it('a user to the departments that are taken', () => {
      const delivered = user({
        nickname: 'Ada',
        departments: ['hr', { uid: 'dach', isOwner: true }, { uid: 'payroll', isMain: true }, 'emea', 'not known'],
      });
      const narrowed = of('sales').narrow(delivered);
      expect(narrowed).toMatchObject({
        departments: [
          { uid: 'dach', isOwner: true, isMain: false },
          { uid: 'emea', isOwner: false, isMain: false },
        ],
        raw: { uid: 'u', nickname: 'Ada', departments: [{ uid: 'dach', isOwner: true }, 'emea'] },
      });
      expectStoredAlike(narrowed);
      expect(delivered.raw.departments).toHaveLength(5);
    });

    it('a user whose departments have numbers for uids', () => {
      const filter = new ScopeFilter({ ...OPEN, subtrees: ['7'] }, new Map([['8', null]]));
      const narrowed = filter.narrow(user({ departments: [7, 8, { uid: 7 }] }));
      expect(narrowed).toMatchObject({ departments: [{ uid: '7' }], raw: { departments: [7, { uid: 7 }] } });
      expectStoredAlike(narrowed);
    });

    it.each([[undefined], [null], [[]], [['dach', 'emea']]])('not a user with the departments %j', (departments) => {
      const delivered = user({ departments });
      expect(of('sales').narrow(delivered)).toBe(delivered);
    });

    it.each<[string[], string, string | null]>([
      [['sales'], 'sales', null],
      [['sales'], 'emea', 'sales'],
      [['sales', 'emea'], 'emea', 'sales'],
      [['top', 'dach'], 'dach', 'emea'],
      [['hr'], 'hr', null],
      [['x'], 'x', 'y'],
      [['lost'], 'lost', null],
    ])('the top of %j: %s gets the parent %j', (subtrees, uid, parentUid) => {
      const narrowed = of(...subtrees).narrow(place(uid));
      expect(narrowed).toMatchObject({ uid, parentUid });
      expectStoredAlike(narrowed);
    });
  });
});
