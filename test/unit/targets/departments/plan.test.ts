import fc from 'fast-check';
import type { DepartmentRecord } from '../../../../src/server/model/records';
import type { TrackedRecord } from '../../../../src/server/model/tracked-record';
import { planTree } from '../../../../src/server/targets/departments/plan';
import type { TreePlan, TreeSnapshot } from '../../../../src/server/targets/departments/types';
import { departmentCatalogue } from '../../support/catalogue';
import { chunkOf } from '../../support/chunk';
import { dependentsOf, DepartmentTable } from '../../support/department-table';
import { deferredUids, outcomeOf, outcomesByUid, warningsOf } from '../../support/outcomes';
import { ACTIVE, department, linkId, recordId } from '../../support/records';
import { run } from '../../support/steps';

type Records = readonly TrackedRecord<DepartmentRecord>[];
type Stored = Readonly<Record<string, string | null>>;

/** Plans records on a tree that is stored. The rows of new departments have the ids 101, 102, … */
function plan(
  records: Records,
  stored: Stored = {},
  known: Partial<TreeSnapshot> = {},
  options: Parameters<typeof chunkOf>[1] = {},
): TreePlan {
  const table = new DepartmentTable(stored);
  return planOn(table, records, options, known);
}

function planOn(
  table: DepartmentTable,
  records: Records,
  options: Parameters<typeof chunkOf>[1] = {},
  known: Partial<TreeSnapshot> = {},
): TreePlan {
  const tracked = table.track(records);
  const snapshot = { ...table.snapshot(tracked), ...known };
  return run(planTree(chunkOf(tracked, options), snapshot, departmentCatalogue, () => table.newId()));
}

/** The tree after records were applied. */
function treeAfter(records: Records, stored: Stored = {}): Record<string, string | null> {
  const table = new DepartmentTable(stored);
  table.write(planOn(table, records));
  expect(table.faults()).toEqual([]);
  return table.tree();
}

const writesOf = ({ creates, updates, deletedIds, obsoleteLinkIds, paths }: TreePlan) => [
  ...creates,
  ...updates,
  ...deletedIds,
  ...obsoleteLinkIds,
  ...paths,
];

const below = (uid: string, parentUid: string | null) => department(uid, { parentUid });
const removed = (uid: string) => department(uid, { isDeleted: true });

describe('a delivered department', () => {
  it('is created below its parent, whichever comes first', () => {
    for (const records of [
      [below('a', null), below('b', 'a')],
      [below('b', 'a'), below('a', null)],
    ])
      expect(treeAfter(records)).toEqual({ a: null, b: 'a' });
  });

  it('says what it got', () => {
    const made = plan([below('b', 'a')], { a: null });
    expect(made.creates).toMatchObject([{ id: '101', values: { title: 'b', parentId: 'a', isLeaf: true } }]);
    expect(made.updates).toEqual([{ id: 'a', values: { isLeaf: false } }]);
    expect(made.paths).toEqual([{ nodePk: '101', path: '/a/101', rootPk: 'a' }]);
    expect(outcomeOf(made, 'b')).toMatchObject({
      action: 'created',
      changes: { title: { old: null, new: 'b' }, parentId: { old: null, new: 'a' } },
    });
  });

  it('that is there as delivered is not written', () => {
    const same = plan([below('a', null), below('b', 'a')], { a: null, b: 'a' });
    expect([outcomesByUid(same), writesOf(same), same.touchedIds]).toEqual([
      { a: 'unchanged', b: 'unchanged' },
      [],
      [],
    ]);
  });

  it('gets its title and its place back when somebody has changed them', () => {
    const changed = plan([department('b', { title: 'Sales', parentUid: 'a' })], { a: null, b: null });
    expect(changed.updates).toContainEqual({ id: 'b', values: { title: 'Sales', parentId: 'a' } });
    expect(outcomesByUid(changed)).toEqual({ b: 'updated' });
  });

  it('takes everything below it with it when it moves', () => {
    const moved = plan([below('b', null)], { a: null, b: 'a', c: 'b', hand: 'c' });
    expect(moved.paths.map(({ path }) => path).sort()).toEqual(['/b', '/b/c', '/b/c/hand']);
    expect([...moved.touchedIds].sort()).toEqual(['a', 'b', 'c', 'hand']);
    expect(moved.updates).toContainEqual({ id: 'a', values: { isLeaf: true } });
  });

  it('waits for a parent that does not exist: a new one at the top, another where it is', () => {
    const waiting = plan([below('new', 'later'), below('b', 'later')], { a: null, b: 'a' });
    expect(warningsOf(waiting)).toEqual([
      ['new', 'PARENT_NOT_FOUND'],
      ['b', 'PARENT_NOT_FOUND'],
    ]);
    expect(waiting.awaited).toEqual(
      new Map([
        [recordId('new'), ['later']],
        [recordId('b'), ['later']],
      ]),
    );
    expect(waiting.creates).toMatchObject([{ values: { parentId: null } }]);
    expect(waiting.updates).toEqual([]);
    expect(plan([below('b', 'a')], { a: null, b: null }).awaited).toEqual(new Map([[recordId('b'), []]]));
  });

  it('is created anew when somebody has deleted its row; its members wait for it', () => {
    const memberships = [{ linkId: 'link:ada', recordId: recordId('ada') }];
    const lost = department('a', { links: { 'departments:9': ACTIVE } });
    const again = run(
      planTree(
        chunkOf([lost]),
        { ...new DepartmentTable().snapshot(), dependents: new Map([['9', dependentsOf({ memberships })]]) },
        departmentCatalogue,
        () => '100',
      ),
    );
    expect(outcomesByUid(again)).toEqual({ a: 'created' });
    expect(again.obsoleteLinkIds).toEqual([linkId('a', 'departments', '9'), 'link:ada']);
    expect(again.waitingMembers).toEqual([{ recordId: recordId('ada'), awaits: 'a' }]);
  });
});

describe('a tree stays a tree', () => {
  it('when a department is its own parent', () => {
    const refused = plan([below('a', 'a'), below('b', null)], { a: null });
    expect(outcomesByUid(refused)).toEqual({ a: 'PARENT_IS_SELF', b: 'created' });
    expect(refused.updates).toEqual([]);
  });

  it.each<[string, Records, Stored, Record<string, string>]>([
    [
      'new departments close a circle',
      [below('a', 'b'), below('b', 'a'), below('c', null)],
      {},
      { a: 'a → b → a', b: 'b → a → b' },
    ],
    ['a department moves below its child', [below('a', 'b')], { a: null, b: 'a' }, { a: 'a → b → a' }],
    [
      'the circle goes through departments made by hand',
      [below('a', 'b')],
      { a: null, hand: 'a', b: 'hand' },
      { a: 'a → b → #hand → a' },
    ],
  ])('when %s', (_rule, records, stored, cycles) => {
    const refused = plan(records, stored);
    const shown = refused.outcomes.flatMap(({ uid, code, params }) =>
      code === 'PARENT_CYCLE' ? [[uid, params?.cycle]] : [],
    );
    expect(Object.fromEntries(shown)).toEqual(cycles);
    expect(refused.updates).toEqual([]);
    expect(treeAfter(records, stored)).toMatchObject(stored);
  });

  it('when the rest of the delivery may open the circle', () => {
    const early = plan([below('a', 'b')], { a: null, b: 'a' }, {}, { final: false });
    expect([outcomesByUid(early), deferredUids(early), writesOf(early)]).toEqual([{}, ['a'], []]);
    const both = [below('a', 'b'), below('b', null)];
    expect(treeAfter(both, { a: null, b: 'a' })).toEqual({ a: 'b', b: null });
  });

  it('when what a record that fails was to open stays closed', () => {
    // b cannot move below itself, so it stays below a, and a cannot move below it.
    const refused = plan([below('a', 'b'), below('b', 'b')], { a: null, b: 'a' });
    expect(outcomesByUid(refused)).toEqual({ a: 'PARENT_CYCLE', b: 'PARENT_IS_SELF' });
  });

  it('that the host can write: the path has room for so many ids', () => {
    const ids = Array.from({ length: 11 }, (_, index) => `${'x'.repeat(100)}${index}`);
    const stored = Object.fromEntries(ids.slice(0, 10).map((id, index) => [id, index === 0 ? null : ids[index - 1]]));
    const deep = plan([below('n', ids[9]), below('m', ids[8])], stored);
    expect(outcomesByUid(deep)).toEqual({ n: 'created', m: 'created' });
    const tooDeep = plan([below('n', ids[10])], { ...stored, [ids[10]]: ids[9] });
    expect(outcomesByUid(tooDeep)).toEqual({ n: 'TREE_TOO_DEEP' });
  });
});

describe('a removed department', () => {
  it('is deleted, with its links and those of its members, who wait for it', () => {
    const memberships = [{ linkId: 'link:ada', recordId: recordId('ada') }];
    const known = { dependents: new Map([['a', dependentsOf({ memberships })]]) };
    const result = plan([removed('a')], { a: null }, known);
    expect(outcomesByUid(result)).toEqual({ a: 'deleted' });
    expect(result.deletedIds).toEqual(['a']);
    expect(result.obsoleteLinkIds).toEqual([linkId('a', 'departments', 'a'), 'link:ada']);
    expect(result.waitingMembers).toEqual([{ recordId: recordId('ada'), awaits: 'a' }]);
    expect(result.awaited).toEqual(new Map([[recordId('a'), []]]));
  });

  it.each([
    ['the policy is to keep it', dependentsOf({}), 'keep' as const],
    ['another source claims it', dependentsOf({ isClaimedByOthers: true }), 'delete' as const],
    [
      'it is kept, whatever depends on it',
      dependentsOf({ keptBy: { dependents: 'members', members: 1, children: 0 } }),
      'keep' as const,
    ],
  ])('is only unlinked when %s', (_rule, dependents, departments) => {
    const result = plan(
      [removed('a')],
      { a: null, b: 'a' },
      { dependents: new Map([['a', dependents]]) },
      { removal: { departments } },
    );
    expect(outcomesByUid(result)).toEqual({ a: 'unlinked' });
    expect([result.deletedIds, result.updates]).toEqual([[], []]);
    expect(result.obsoleteLinkIds).toEqual([linkId('a', 'departments', 'a')]);
    expect(result.waitingChildren).toEqual([{ recordId: recordId('b'), awaits: 'a' }]);
  });

  it('stays when the source did not make what is in it', () => {
    const result = plan([removed('a')], { a: null, hand: 'a' });
    expect(outcomeOf(result, 'a')).toMatchObject({
      code: 'HAS_DEPENDENTS',
      params: { dependents: 'children', children: 1 },
    });
    expect(writesOf(result)).toEqual([]);
  });

  it('leaves its own children at the top, where they wait for it', () => {
    const result = plan([removed('a')], { a: null, b: 'a' });
    expect(result.updates).toEqual([{ id: 'b', values: { parentId: null } }]);
    expect(result.waitingChildren).toEqual([{ recordId: recordId('b'), awaits: 'a' }]);
    expect(treeAfter([removed('a')], { a: null, b: 'a' })).toEqual({ b: null });
  });

  it('may be removed together with its children, or with those that move away', () => {
    const stored = { a: null, b: 'a', c: 'a', d: null };
    expect(treeAfter([removed('a'), removed('b'), below('c', 'd')], stored)).toEqual({ c: 'd', d: null });
  });

  it('that somebody deleted by hand leaves nothing but its members, who wait for it', () => {
    const memberships = [{ linkId: 'link:ada', recordId: recordId('ada') }];
    const lost = department('a', { isDeleted: true, links: { 'departments:9': ACTIVE } });
    const snapshot = new DepartmentTable().snapshot();
    const dependents = new Map([['9', dependentsOf({ memberships })]]);
    const result = run(planTree(chunkOf([lost]), { ...snapshot, dependents }, departmentCatalogue, () => '100'));
    expect(outcomesByUid(result)).toEqual({ a: 'unchanged' });
    expect(result.waitingMembers).toEqual([{ recordId: recordId('ada'), awaits: 'a' }]);
    expect(result.obsoleteLinkIds).toEqual([linkId('a', 'departments', '9'), 'link:ada']);
  });

  it('is no parent for those that come with it', () => {
    const result = plan([removed('a'), below('b', 'a')], { a: null });
    expect(outcomesByUid(result)).toEqual({ a: 'deleted', b: 'created' });
    expect(warningsOf(result)).toEqual([['b', 'PARENT_NOT_FOUND']]);
  });
});

describe('a plan', () => {
  const uids = ['a', 'b', 'c', 'd', 'e'];
  const record = fc.record({
    uid: fc.constantFrom(...uids),
    parentUid: fc.constantFrom(...uids, null, 'later'),
    isDeleted: fc.boolean(),
  });
  const delivery = fc
    .uniqueArray(record, { selector: ({ uid }) => uid, maxLength: 5 })
    .map((list) => list.map(({ uid, ...options }) => department(uid, options)));
  const stored: Stored = { a: null, b: 'a', c: 'b', hand: 'c', hand2: null };

  it('leaves a tree that the host would have written, and writes nothing the second time', () => {
    fc.assert(
      fc.property(delivery, delivery, (first, second) => {
        const table = new DepartmentTable(stored);
        const uidsIn = ({ outcomes }: TreePlan) => outcomes.map(({ uid }) => uid).sort();
        for (const records of [first, second]) {
          const made = planOn(table, records);
          expect(uidsIn(made)).toEqual(records.map(({ record }) => record.uid).sort());
          table.write(made);
          expect(table.faults()).toEqual([]);
          expect([table.rows.has('hand'), table.rows.has('hand2')]).toEqual([true, true]);
        }
        expect(writesOf(planOn(table, second))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same whatever the order', () => {
    fc.assert(
      fc.property(delivery, fc.integer(), (records, seed) => {
        const shuffled = records
          .map((tracked, index) => ({ tracked, rank: (seed * (index + 7)) % 11 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ tracked }) => tracked);
        expect(outcomesByUid(plan(shuffled, stored))).toEqual(outcomesByUid(plan(records, stored)));
        expect(treeAfter(shuffled, stored)).toEqual(treeAfter(records, stored));
      }),
      { numRuns: 200 },
    );
  });
});
