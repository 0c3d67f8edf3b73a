import { TestApp } from '../../support/app';
import { Pusher } from '../../support/pushing';

/** Who wrote a row and when differs by nature; everything else has to be equal. */
const BY_NATURE = ['id', 'createdAt', 'updatedAt', 'createdById', 'updatedById', 'password', 'passwordChangeTz'];

/** All rows of the tables that both ways write, with names in the place of ids. */
async function tables(host: TestApp): Promise<Record<string, unknown[]>> {
  const users = await host.rows<{ id: unknown; username: string }>('users');
  const departments = await host.rows<{ id: unknown; title: string }>('departments');
  const names = new Map<string, string>([
    ...users.map(({ id, username }): [string, string] => [`user ${id}`, username]),
    ...departments.map(({ id, title }): [string, string] => [`department ${id}`, title]),
  ]);
  const userName = (id: unknown) => (id === null ? null : (names.get(`user ${id}`) ?? 'unknown'));
  const title = (id: unknown) => (id === null ? null : (names.get(`department ${id}`) ?? 'unknown'));
  const named = (row: Record<string, unknown>): string =>
    JSON.stringify(
      Object.entries(row)
        .filter(([column]) => !BY_NATURE.includes(column))
        .map(([column, value]) => {
          if (column === 'userId') return [column, userName(value)];
          if (['departmentId', 'mainDepartmentId', 'parentId', 'nodePk', 'rootPk'].includes(column))
            return [column, title(value)];
          if (column === 'path') return [column, String(value).split('/').slice(1).map(title)];
          return [column, value];
        })
        .sort(([a], [b]) => String(a).localeCompare(String(b))),
    );
  const dump: Record<string, unknown[]> = {};
  for (const table of ['users', 'rolesUsers', 'departmentsUsers', 'departments', 'main_departments_path']) {
    dump[table] = (await host.rows(table)).map(named).sort();
  }
  return dump;
}

/** The administrator's page, as far as the calls that it makes. */
class Page {
  private constructor(
    private readonly host: TestApp,
    private readonly token: string,
  ) {}

  static async open(host: TestApp): Promise<Page> {
    return new Page(host, await host.adminToken());
  }

  async create(resource: string, values: object): Promise<number> {
    return (await this.call<{ id: number }>(`${resource}:create`, values)).id;
  }

  async call<T>(path: string, body: object = {}): Promise<T> {
    const response = await this.host.http.post(`/api/${path}`).set('Authorization', `Bearer ${this.token}`).send(body);
    if (response.status !== 200) throw new Error(`${path}: ${JSON.stringify(response.body)}`);
    return (response.body as { data: T }).data;
  }
}

interface Step {
  readonly title: string;
  readonly sync: (source: Pusher) => Promise<void>;
  readonly page: (page: Page, ids: Record<string, number>) => Promise<void>;
}

const steps: Step[] = [
  {
    title: 'when they are new',
    async sync(source) {
      await source.departments([
        { uid: 'a', title: 'A' },
        { uid: 'b', title: 'B', parentUid: 'a' },
        { uid: 'c', title: 'C', parentUid: 'b' },
        { uid: 'd', title: 'D' },
        { uid: 'x', title: 'X', parentUid: 'a' },
      ]);
      await source.users([
        { uid: '1', username: 'u1', nickname: 'One', email: 'u1@example.com', phone: '1', departments: ['c', 'a'] },
        { uid: '2', username: 'u2', departments: [{ uid: 'd', isOwner: true }] },
        { uid: '3', username: 'u3', nickname: 'Three' },
      ]);
    },
    async page(page, ids) {
      ids.a = await page.create('departments', { title: 'A' });
      ids.b = await page.create('departments', { title: 'B', parent: { id: ids.a } });
      ids.c = await page.create('departments', { title: 'C', parent: { id: ids.b } });
      ids.d = await page.create('departments', { title: 'D' });
      ids.x = await page.create('departments', { title: 'X', parent: { id: ids.a } });
      const one = { username: 'u1', nickname: 'One', email: 'u1@example.com', phone: '1' };
      ids.u1 = await page.create('users', { ...one, departments: [{ id: ids.a }, { id: ids.c }] });
      ids.u2 = await page.create('users', { username: 'u2', departments: [{ id: ids.d }] });
      await page.call('departments:setOwner', { userId: ids.u2, departmentId: ids.d });
      ids.u3 = await page.create('users', { username: 'u3', nickname: 'Three' });
    },
  },
  {
    title: 'after fields, memberships and owners changed',
    async sync(source) {
      await source.users([
        { uid: '1', nickname: 'Uno', phone: null, departments: ['a', 'd'] },
        { uid: '2', departments: [] },
      ]);
    },
    async page(page, ids) {
      await page.call(`users:update?filterByTk=${ids.u1}`, { nickname: 'Uno', phone: null });
      await page.call(`departments/${ids.c}/members:remove`, [ids.u1]);
      await page.call(`departments/${ids.d}/members:add`, [ids.u1]);
      await page.call(`departments/${ids.d}/members:remove`, [ids.u2]);
    },
  },
  {
    title: 'after a department moved with everything below it',
    async sync(source) {
      await source.departments([{ uid: 'b', title: 'B!', parentUid: 'd' }]);
    },
    // The old parent keeps a child: where both parents' leaf flags change, the host writes them over two connections
    // at once, which SQLite refuses.
    async page(page, ids) {
      await page.call(`departments:update?filterByTk=${ids.b}`, { title: 'B!', parent: { id: ids.d } });
    },
  },
  {
    title: 'after it moved back, and left a leaf behind',
    async sync(source) {
      await source.departments([{ uid: 'b', title: 'B', parentUid: 'a' }]);
    },
    async page(page, ids) {
      await page.call(`departments:update?filterByTk=${ids.b}`, { title: 'B', parent: { id: ids.a } });
    },
  },
  {
    title: 'after removals',
    async sync(source) {
      await source.users([{ uid: '1', isDeleted: true }]);
      await source.departments([{ uid: 'c', isDeleted: true }]);
    },
    async page(page, ids) {
      await page.call(`users:destroy?filterByTk=${ids.u1}`);
      await page.call(`departments:destroy?filterByTk=${ids.c}`);
    },
  },
  {
    title: 'after new ones came beside old ones',
    async sync(source) {
      await source.departments([{ uid: 'e', title: 'E', parentUid: 'b' }]);
      await source.users([{ uid: '4', username: 'u4' }]);
    },
    async page(page, ids) {
      await page.create('departments', { title: 'E', parent: { id: ids.b } });
      await page.create('users', { username: 'u4' });
    },
  },
];

/** Runs the steps on an application of their own and gives back the tables after each. */
async function afterEachStep(run: (host: TestApp) => Promise<(step: Step) => Promise<void>>) {
  const host = await TestApp.start();
  try {
    const perform = await run(host);
    const dumps: Record<string, unknown[]>[] = [];
    for (const step of steps) {
      await perform(step);
      dumps.push(await tables(host));
    }
    return dumps;
  } finally {
    await host.stop();
  }
}

describe('rows that came by synchronisation and rows that were made in the page are equal', () => {
  let synced: Record<string, unknown[]>[];
  let made: Record<string, unknown[]>[];

  beforeAll(async () => {
    synced = await afterEachStep(async (host) => {
      await host.adminToken();
      const source = await new Pusher(host, 'api').decide({ removal: { users: 'delete' } });
      return (step) => step.sync(source);
    });
    made = await afterEachStep(async (host) => {
      const page = await Page.open(host);
      const ids: Record<string, number> = {};
      return (step) => step.page(page, ids);
    });
  });

  it.each(steps.map(({ title }, index) => [title, index] as const))('%s', (_, index) => {
    expect(synced[index]).toEqual(made[index]);
  });
});
