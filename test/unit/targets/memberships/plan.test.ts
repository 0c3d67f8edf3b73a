import fc from 'fast-check';
import { Preview } from '../../../../src/server/pipeline/preview-state';
import { planMemberships } from '../../../../src/server/targets/memberships/plan';
import type {
  MembershipPlan,
  MembershipRow,
  MembershipSnapshot,
  OtherMembershipLink,
} from '../../../../src/server/targets/memberships/types';
import { chunkOf } from '../../support/chunk';
import { departmentIds, membershipSnapshot, MembershipTable } from '../../support/membership-table';
import { outcomeOf, outcomesByUid, warningsOf } from '../../support/outcomes';
import { ACTIVE, ADOPTED, INACTIVE, linkId, recordId, user, type LinkStates } from '../../support/records';
import { run } from '../../support/steps';

type Options = Parameters<typeof user>[1];

/** Departments 1, 2 and 3 are the source's A, B and C; Ada is user 7. */
const departments = departmentIds(['A', 'B', 'C']);
const titles = new Map([
  ['1', 'Sales'],
  ['2', 'Legal'],
  ['3', 'Board'],
]);

const member = (departmentId: string, isOwner = false): MembershipRow => ({ userId: '7', departmentId, isOwner });

const plan = (
  { links, ...options }: NonNullable<Options>,
  rows: readonly MembershipRow[] = [],
  known: Partial<MembershipSnapshot> = {},
  chunk: Parameters<typeof chunkOf>[1] = {},
) =>
  run(
    planMemberships(
      chunkOf([user('ada', { ...options, links: { 'users:7': ACTIVE, ...links } })], chunk),
      membershipSnapshot({
        mainDepartments: new Map([['7', null]]),
        rows: new Map([['7', rows]]),
        departments,
        titles,
        ...known,
      }),
    ),
  );

const own = (departmentId: string) => linkId('ada', 'departments', departmentId);
const madeLinks = ({ newLinks }: MembershipPlan) =>
  newLinks.map(({ departmentId, adopted }) => [departmentId, adopted ? 'adopted' : 'made']);
const removedFrom = ({ removed }: MembershipPlan) => removed.map(({ departmentId }) => departmentId);

/** Everything that a plan writes. */
const writesOf = ({ added, removed, ownerChanges, newLinks, obsoleteLinkIds, mainDepartments }: MembershipPlan) => [
  ...added,
  ...removed,
  ...ownerChanges,
  ...newLinks,
  ...obsoleteLinkIds,
  ...mainDepartments.keys(),
];

describe('delivered memberships', () => {
  it('are made, linked, and told by title', () => {
    const made = plan({ departments: ['A', { uid: 'B', isOwner: true, isMain: true }] });
    expect(made.added).toEqual([member('1'), member('2', true)]);
    expect(madeLinks(made)).toEqual([
      ['1', 'made'],
      ['2', 'made'],
    ]);
    expect(made.mainDepartments).toEqual(new Map([['7', '2']]));
    expect(outcomeOf(made, 'ada')).toEqual({
      uid: 'ada',
      name: 'ada',
      action: 'updated',
      rowId: '7',
      changes: {
        departments: { old: [], new: ['Legal', 'Sales'] },
        ownedDepartments: { old: [], new: ['Legal'] },
        mainDepartment: { old: null, new: 'Legal' },
      },
    });
  });

  it('that are there already are not written', () => {
    const same = plan({ departments: ['A'], links: { 'departments:1': ACTIVE } }, [member('1')], {
      mainDepartments: new Map([['7', '1']]),
    });
    expect([outcomesByUid(same), writesOf(same)]).toEqual([{ ada: 'unchanged' }, []]);
  });

  it.each([
    ['made by hand and delivered are adopted', { 'users:7': ACTIVE }, [], 'adopted'],
    [
      'made by another source stay made',
      { 'users:7': ACTIVE },
      [{ recordId: 'other', departmentId: '1', adopted: false }],
      'made',
    ],
    [
      'adopted by another source are adopted',
      { 'users:7': ACTIVE },
      [{ recordId: 'other', departmentId: '1', adopted: true }],
      'adopted',
    ],
    [
      'of the same record are not another source’s',
      { 'users:7': ACTIVE },
      [{ recordId: recordId('ada'), departmentId: '1', adopted: false }],
      'adopted',
    ],
  ])('%s', (_rule, links, others: OtherMembershipLink[], kind) => {
    const linked = plan({ departments: ['A'], links }, [member('1')], { otherLinks: new Map([['7', others]]) });
    expect(madeLinks(linked)).toEqual([['1', kind]]);
    expect(linked.added).toEqual([]);
  });

  it('that somebody took away are made again; then the source has made them', () => {
    const again = plan({ departments: ['A', 'B'], links: { 'departments:1': ADOPTED, 'departments:2': ACTIVE } });
    expect(again.added).toEqual([member('1'), member('2')]);
    expect(again.obsoleteLinkIds).toEqual([own('1')]);
    expect(madeLinks(again)).toEqual([['1', 'made']]);
  });

  it('that wait for a department are remembered, with a warning', () => {
    const waiting = plan({ departments: ['A', 'later'] });
    expect(waiting.awaited).toEqual(new Map([[recordId('ada'), ['later']]]));
    expect(warningsOf(waiting)).toEqual([['ada', 'DEPARTMENT_NOT_FOUND']]);
    expect(waiting.warnings[0].params).toEqual({ department: 'later' });
    expect(waiting.added).toEqual([member('1')]);
    const preview = plan({ departments: ['later'] }, [], {}, { preview: new Preview() });
    expect(preview.warnings[0].params).toEqual({ department: 'later', because: 'dryRun' });
    expect(plan({ departments: ['A'] }).awaited).toEqual(new Map([[recordId('ada'), []]]));
  });
});

describe('memberships that are not delivered', () => {
  it.each<[string, Options, string[], LinkStates]>([
    ['nothing said leaves all', { departments: undefined }, [], { 'departments:1': ACTIVE }],
    ['an empty list removes the source’s own', { departments: [] }, ['1'], { 'departments:1': ACTIVE }],
    ['another one replaces the source’s own', { departments: ['B'] }, ['1'], { 'departments:1': ACTIVE }],
    ['those that the source adopted stay', { departments: [] }, [], { 'departments:1': ADOPTED }],
    ['those that were made by hand stay', { departments: [] }, [], {}],
  ])('%s', (_rule, options, removed, links) => {
    const result = plan({ ...options, links }, [member('1')]);
    expect(removedFrom(result)).toEqual(removed);
    const isUnlinked = options?.departments !== undefined && 'departments:1' in links;
    expect(result.obsoleteLinkIds).toEqual(isUnlinked ? [own('1')] : []);
  });

  it('stay while another source claims them', () => {
    const others = [{ recordId: 'other', departmentId: '1', adopted: false }];
    const result = plan({ departments: [], links: { 'departments:1': ACTIVE } }, [member('1')], {
      otherLinks: new Map([['7', others]]),
    });
    expect([removedFrom(result), result.obsoleteLinkIds]).toEqual([[], [own('1')]]);
  });
});

describe('an owner', () => {
  it.each([
    ['is made one', { uid: 'A', isOwner: true }, false, [member('1', true)]],
    ['is one no more, also when somebody made the owner', { uid: 'A' }, true, [member('1')]],
    ['stays one', { uid: 'A', isOwner: true }, true, []],
  ])('%s by the delivery', (_rule, delivered, isOwner, changes) => {
    const result = plan({ departments: [delivered], links: { 'departments:1': ACTIVE } }, [member('1', isOwner)]);
    expect(result.ownerChanges).toEqual(changes);
  });

  it('of a department that the source does not deliver stays one', () => {
    const result = plan({ departments: ['B'] }, [member('1', true)]);
    expect([result.ownerChanges, result.removed]).toEqual([[], []]);
  });
});

describe('the main department', () => {
  const main = (delivered: NonNullable<Options>['departments'], current: string | null, ids: readonly string[]) =>
    plan(
      { departments: delivered, links: Object.fromEntries(ids.map((id) => [`departments:${id}`, ACTIVE])) },
      ids.map((id) => member(id)),
      { mainDepartments: new Map([['7', current]]) },
    ).mainDepartments.get('7');

  it.each([
    ['is the delivered one', [{ uid: 'A', isMain: true }, 'B'], '2', ['1', '2'], '1'],
    ['stays while the user is in it', ['A', 'B'], '2', ['1', '2'], undefined],
    ['is the first by id when the user leaves it', ['C', 'B'], '1', ['1', '2', '3'], '2'],
    ['is the first one', ['C'], null, [], '3'],
    ['is none when the user is in no department', [], '1', ['1'], null],
  ])('%s', (_rule, delivered, current, ids, expected) => {
    expect(main(delivered, current, ids)).toBe(expected);
  });

  it('is compared by number, not by text', () => {
    const result = plan({ departments: ['ten', 'nine'] }, [], {
      departments: new Map([
        ['ten', '10'],
        ['nine', '9'],
      ]),
    });
    expect(result.mainDepartments.get('7')).toBe('9');
  });
});

describe('what is protected', () => {
  it('a protected user is left alone, and the record fails', () => {
    const result = plan({ departments: ['A'] }, [], { protectedUsers: new Map([['7', 'privileged']]) });
    expect(outcomesByUid(result)).toEqual({ ada: 'PROTECTED_USER' });
    expect(writesOf(result)).toEqual([]);
  });

  it('a department that gives a role takes nobody, and the rest is written', () => {
    const protectedDepartments = new Map([
      ['1', 'ordinary' as const],
      ['2', 'privileged' as const],
    ]);
    const result = plan({ departments: ['A', 'B', 'C'] }, [], { protectedDepartments });
    expect(result.added).toEqual([member('3')]);
    expect(outcomeOf(result, 'ada')).toMatchObject({
      code: 'PROTECTED_DEPARTMENT',
      params: { department: 'B', gives: 'privileged' },
      changes: { departments: { old: [], new: ['Board'] } },
    });
    expect(outcomesByUid(plan({ departments: ['A'] }, [member('1')], { protectedDepartments }))).toEqual({
      ada: 'updated',
    });
  });
});

describe('a removed user', () => {
  const removed = (link: LinkStates[string], chunk: Parameters<typeof chunkOf>[1] = {}) =>
    plan(
      { isDeleted: true, departments: ['A'], links: { 'users:7': link, 'departments:1': ACTIVE } },
      [member('1'), member('2')],
      { mainDepartments: new Map([['7', '1']]) },
      chunk,
    );

  it('who is disabled keeps the memberships', () => {
    expect(writesOf(removed(INACTIVE))).toEqual([]);
    expect(outcomesByUid(removed(INACTIVE))).toEqual({ ada: 'unchanged' });
  });

  it('whom another source keeps loses those of this source, and so does one after a purge', () => {
    for (const result of [removed(ACTIVE), removed(INACTIVE, { run: { isPurge: true } })]) {
      expect(removedFrom(result)).toEqual(['1']);
      expect(result.mainDepartments).toEqual(new Map([['7', '2']]));
    }
  });

  it('who is kept keeps them without their links', () => {
    const result = removed(ACTIVE, { removal: { users: 'keep' } });
    expect([removedFrom(result), result.obsoleteLinkIds]).toEqual([[], [own('1')]]);
  });

  it('whose row does not exist any more loses the links', () => {
    const deleted = { mainDepartments: new Map(), rows: new Map() };
    const result = plan({ isDeleted: true, links: { 'departments:1': ACTIVE } }, [], deleted);
    expect([removedFrom(result), result.obsoleteLinkIds]).toEqual([[], [own('1')]]);
    const present = plan({ departments: ['A'], links: { 'departments:1': ACTIVE } }, [], deleted);
    expect([outcomesByUid(present), writesOf(present)]).toEqual([{ ada: 'unchanged' }, []]);
  });
});

describe('a plan', () => {
  const uids = ['A', 'B', 'C', 'D'];
  const ids = departmentIds(uids);
  const membership = fc.record({ uid: fc.constantFrom(...uids), isOwner: fc.boolean(), isMain: fc.constant(false) });
  const delivery = fc.uniqueArray(membership, { selector: ({ uid }) => uid, maxLength: 4 });
  const byHand = fc.subarray([...ids.values()]);

  const deliver = (table: MembershipTable, list: readonly { readonly uid: string }[]) => {
    const made = run(planMemberships(chunkOf([table.track(user('7', { departments: list }))]), table.snapshot()));
    table.write(made);
    return made;
  };
  const tableWith = (handMade: readonly string[]) => {
    const table = new MembershipTable(['7'], uids);
    for (const departmentId of handMade) table.add(member(departmentId));
    return table;
  };

  it('leaves the delivered memberships and those made by hand, and writes nothing the second time', () => {
    fc.assert(
      fc.property(byHand, delivery, delivery, (handMade, first, second) => {
        const table = tableWith(handMade);
        deliver(table, first);
        deliver(table, second);
        const delivered = second.map(({ uid }) => ids.get(uid));
        expect(table.departmentsOf('7')).toEqual([...new Set([...handMade, ...delivered])].sort());
        for (const { uid, isOwner } of second)
          expect(table.rowsOf('7')).toContainEqual(member(ids.get(uid) ?? '', isOwner));
        const current = table.departmentsOf('7');
        expect(current.length > 0 ? current : [null]).toContain(table.mainDepartments.get('7'));
        const again = deliver(table, second);
        expect([writesOf(again), outcomesByUid(again)]).toEqual([[], { '7': 'unchanged' }]);
        deliver(table, []);
        expect(table.departmentsOf('7')).toEqual([...handMade].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('is the same whatever the order of the departments', () => {
    fc.assert(
      fc.property(byHand, delivery, (handMade, list) => {
        const endOf = (order: typeof list) => {
          const table = tableWith(handMade);
          deliver(table, order);
          return [table.departmentsOf('7'), table.mainDepartments.get('7')];
        };
        expect(endOf([...list].reverse())).toEqual(endOf(list));
      }),
      { numRuns: 200 },
    );
  });
});
