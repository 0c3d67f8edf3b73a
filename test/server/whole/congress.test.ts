import departments from '../../fixtures/us-congress/departments.json';
import users from '../../fixtures/us-congress/users.json';
import { TestApp } from '../../support/app';
import { dumpWritable, readOrganisation } from '../../support/organisation';

interface Member {
  uid: string;
  username: string;
  nickname: string;
  departments: { uid: string; isOwner?: boolean; isMain?: boolean }[];
}

const members = users as Member[];
const titleOf = new Map(departments.map(({ uid, title }) => [uid, title]));

/** Titles are not unique in Congress (every committee has an "Oversight"), so departments are told apart by their path. */
function pathOf(uid: string): string {
  const department = departments.find((item) => item.uid === uid);
  const parent = department && 'parentUid' in department ? department.parentUid : undefined;
  return parent === undefined ? (titleOf.get(uid) ?? '?') : `${pathOf(parent)} / ${titleOf.get(uid)}`;
}

describe('a real organisation, pushed over HTTP with an API key', () => {
  let host: TestApp;
  let key: string;

  beforeAll(async () => {
    host = await TestApp.start();
    key = await host.pushKey();
  });
  afterAll(() => host?.stop());

  interface Answer {
    data: { result: { resource: string; detail: { count: Record<string, number>; warnings: { code: string }[] } }[] };
  }
  const push = async (body: object): Promise<Map<string, Answer['data']['result'][number]['detail']>> => {
    const response = await host.http.post('/api/userData:push').set('Authorization', `Bearer ${key}`).send(body);
    expect(response.status).toBe(200);
    return new Map((response.body as Answer).data.result.map(({ resource, detail }) => [resource, detail]));
  };

  it('makes users whose departments have not come yet, and says what they wait for', async () => {
    const result = await push({ dataType: 'user', matchKey: 'username', records: users });
    expect(result.get('users')?.count).toMatchObject({ all: 537, success: 537, failed: 0, created: 537 });
    expect(result.get('departments')?.count).toMatchObject({ unchanged: 537, warnings: 3879 });
    expect(new Set(result.get('departments')?.warnings.map(({ code }) => code))).toEqual(
      new Set(['DEPARTMENT_NOT_FOUND']),
    );
  });

  it('builds the tree from children first, and makes the memberships that waited for it', async () => {
    for (const part of [departments.slice(100), departments.slice(0, 100)]) {
      await push({ dataType: 'department', records: [...part].reverse() });
    }
    const rows = await host.rows<{ id: number; title: string }>('departments');
    const paths = await host.rows<{ nodePk: number; path: string }>('main_departments_path');
    const titles = new Map(rows.map(({ id, title }) => [String(id), title]));
    const named = paths.map(({ path }) =>
      path
        .slice(1)
        .split('/')
        .map((id) => titles.get(id))
        .join(' / '),
    );
    expect(named.sort()).toEqual(departments.map(({ uid }) => pathOf(uid)).sort());
    expect(await host.rows('departmentsUsers')).toHaveLength(3879);
    expect(await host.rows('userDataSyncPendingLinks')).toEqual([]);
  });

  it('ends with the members, owners, main departments, leaf flags and default roles that the data says', async () => {
    const organisation = await readOrganisation(host);
    const parents = new Set(departments.map((item) => ('parentUid' in item ? item.parentUid : undefined)));
    for (const member of members) {
      const view = organisation.users.get(member.username);
      const main = member.departments.find(({ isMain }) => isMain);
      expect(view).toMatchObject({
        nickname: member.nickname,
        departments: member.departments.map(({ uid }) => titleOf.get(uid)).sort(),
        mainDepartment: main ? titleOf.get(main.uid) : null,
        roles: ['member'],
      });
    }
    const links = await host.rows<{ recordId: number; resourcePk: string }>('userDataSyncRecordsResources');
    const records = await host.rows<{ id: number; sourceUk: string; dataType: string }>('userDataSyncRecords');
    const rows = await host.rows<{ id: number; isLeaf: unknown }>('departments');
    const memberships = await host.rows<{ departmentId: number; isOwner: unknown }>('departmentsUsers');
    for (const { uid } of departments) {
      const record = records.find(({ sourceUk, dataType }) => sourceUk === uid && dataType === 'department');
      const id = links.find(({ recordId }) => recordId === record?.id)?.resourcePk;
      const owners = memberships.filter((row) => String(row.departmentId) === id && row.isOwner);
      expect(Boolean(rows.find((row) => String(row.id) === id)?.isLeaf)).toBe(!parents.has(uid));
      expect(owners).toHaveLength(
        members.filter((member) => member.departments.some((item) => item.uid === uid && item.isOwner)).length,
      );
    }
  });

  it('writes nothing when everything comes again, and says 537 unchanged', async () => {
    const before = await dumpWritable(host);
    const again = await push({ dataType: 'user', matchKey: 'username', records: [...users].reverse() });
    const tree = await push({ dataType: 'department', records: departments });
    expect(again.get('users')?.count).toMatchObject({ all: 537, unchanged: 537, warnings: 0 });
    expect(again.get('departments')?.count).toMatchObject({ all: 537, unchanged: 537, warnings: 0 });
    expect(tree.get('departments')?.count).toMatchObject({ all: 234, unchanged: 234, warnings: 0 });
    expect(await dumpWritable(host)).toBe(before);
  });
});
