import fc from 'fast-check';
import {
  SOURCES,
  type Action,
  type DataType,
  type Delivery,
  type HandAction,
  type Part,
  type RawRecord,
} from './action';

/** Everything comes out of small pools, so that records, people and departments meet. */
const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const userUid = oneOf('u1', 'u2', 'u3');
const departmentUid = oneOf('d1', 'd2', 'd3');
/** `nocobase` is the root user's. */
const username = oneOf('ann', 'ann', 'bob', 'bob', 'cleo', 'cleo', 'nocobase');
const email = oneOf('a@example.com', 'a@example.com', 'b@example.com', 'b@example.com', '', null);
const nickname = oneOf('Ann', 'Bob', 'Cleo');
const title = oneOf('Sales', 'Research', 'Office');
const some = fc.nat(50);
const isRare = (outOf: number) => fc.nat(outOf - 1).map((drawn) => drawn === outOf - 1);

const membership = fc.oneof(
  departmentUid,
  fc.record({ uid: departmentUid, isOwner: fc.boolean(), isMain: fc.boolean() }, { requiredKeys: ['uid'] }),
);

const user: fc.Arbitrary<RawRecord> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      {
        uid: userUid,
        username: fc.option(username, { freq: 8 }),
        email,
        nickname: fc.option(nickname),
        departments: fc.array(membership, { maxLength: 3 }),
      },
      { requiredKeys: ['uid'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ uid: userUid, isDeleted: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ uid: userUid, username, departments: fc.constant(5) }) },
  { weight: 1, arbitrary: fc.record({ username }) },
);

const department: fc.Arbitrary<RawRecord> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      { uid: departmentUid, title, parentUid: fc.option(departmentUid) },
      { requiredKeys: ['uid', 'title'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ uid: departmentUid, isDeleted: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ uid: departmentUid, title: fc.constant('') }) },
  { weight: 1, arbitrary: fc.record({ title }) },
);

const part = (record: fc.Arbitrary<RawRecord>): fc.Arbitrary<Part> =>
  fc.record({ mode: oneOf('delta', 'full'), records: fc.array(record, { maxLength: 5 }) });

const source = oneOf(...SOURCES);
const matchKey = oneOf(undefined, 'username', 'username', 'email', 'email');

const pushed: fc.Arbitrary<Delivery> = fc.record({
  source,
  matchKey,
  parts: fc.oneof<fc.Arbitrary<Partial<Record<DataType, Part>>>[]>(
    fc.record({ user: part(user) }),
    fc.record({ department: part(department) }),
  ),
});

const pulled: fc.Arbitrary<Delivery> = fc.record({
  source: fc.constant('pulled' as const),
  matchKey,
  parts: fc.record({ user: part(user), department: part(department) }),
});

const byHand: fc.Arbitrary<HandAction> = fc.oneof(
  fc.record({ kind: fc.constant('addUser' as const), username, email }),
  fc.record({ kind: fc.constant('addDepartment' as const), title, parent: fc.option(some) }),
  fc.record({ kind: fc.constant('moveDepartment' as const), department: some, parent: fc.option(some) }),
  fc.record({ kind: fc.constant('editDepartment' as const), department: some, title }),
  fc.record({ kind: fc.constant('deleteDepartment' as const), department: some }),
  fc.record({ kind: fc.constant('addMember' as const), user: some, department: some, isOwner: fc.boolean() }),
  fc.record({ kind: fc.constant('removeMember' as const), membership: some }),
  fc.record(
    { kind: fc.constant('editUser' as const), user: some, nickname, email },
    { requiredKeys: ['kind', 'user', 'nickname'] },
  ),
  fc.record({ kind: fc.constant('deleteUser' as const), user: some }),
  fc.record({ kind: fc.constant('disableUser' as const), user: some }),
  fc.record({ kind: fc.constant('enableUser' as const), user: some }),
  fc.record({ kind: fc.constant('giveRole' as const), user: some }),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('push' as const), delivery: pushed, isRepeated: isRare(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pull' as const),
      delivery: pulled,
      usersFirst: fc.boolean(),
      breaks: isRare(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      source,
      removal: fc.record({ users: oneOf('disable', 'delete', 'keep'), departments: oneOf('delete', 'keep') }),
      isGuarded: isRare(4),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('approve' as const), held: some }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reject' as const), held: some }) },
  { weight: 5, arbitrary: byHand },
);

/** What happens to an installation, step by step. */
export const stories = (maxLength: number): fc.Arbitrary<Action[]> =>
  fc.array(action, { minLength: 1, maxLength, size: 'max' });
