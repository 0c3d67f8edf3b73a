import type { TestApp } from './app';

/** A department as a person would describe it. */
export interface DepartmentView {
  title: string;
  parent: string | null;
  isLeaf: boolean;
  /** Titles from the root down, as the host's path table says. */
  path: string[];
  members: string[];
  owners: string[];
}

/** A user as a person would describe it. */
export interface UserView {
  nickname: string | null;
  email: string | null;
  departments: string[];
  mainDepartment: string | null;
  roles: string[];
}

interface Row extends Record<string, unknown> {
  id: number | string;
}

/** The organisation that is in the database, by titles of departments and user names, free of ids and times. */
export async function readOrganisation(host: TestApp) {
  const departments = await host.rows<Row & { title: string; parentId: unknown; isLeaf: unknown }>('departments');
  const users = await host.rows<Row & { username: string; nickname: string | null; email: string | null }>('users', {
    attributes: ['id', 'username', 'nickname', 'email', 'mainDepartmentId'],
  });
  const memberships = await host.rows<{ userId: unknown; departmentId: unknown; isOwner: unknown }>('departmentsUsers');
  const paths = await host.rows<{ nodePk: unknown; path: string; rootPk: unknown }>('main_departments_path');
  const roles = await host.rows<{ userId: unknown; roleName: string }>('rolesUsers');
  const titles = new Map(departments.map((row) => [String(row.id), row.title]));
  const usernames = new Map(users.map((row) => [String(row.id), row.username]));
  const title = (id: unknown) => titles.get(String(id)) ?? null;
  const username = (id: unknown) => usernames.get(String(id)) ?? '?';
  const membersOf = groupBy(memberships, (row) => String(row.departmentId));
  const departmentsOf = groupBy(memberships, (row) => String(row.userId));
  const rolesOf = groupBy(roles, (row) => String(row.userId));
  const pathsOf = groupBy(paths, (row) => String(row.nodePk));

  const departmentViews = departments.map((row): DepartmentView => {
    const rows = membersOf.get(String(row.id)) ?? [];
    const own = pathsOf.get(String(row.id)) ?? [];
    if (own.length !== 1) throw new Error(`${row.title} has ${own.length} path rows`);
    const ids = own[0].path.split('/').slice(1);
    if (String(own[0].rootPk) !== ids[0]) throw new Error(`${row.title} has the wrong rootPk`);
    return {
      title: row.title,
      parent: title(row.parentId),
      isLeaf: Boolean(row.isLeaf),
      path: ids.map((id) => title(id) ?? '?'),
      members: rows.map((item) => username(item.userId)).sort(),
      owners: rows
        .filter((item) => item.isOwner)
        .map((item) => username(item.userId))
        .sort(),
    };
  });
  const userViews = users.map((row): [string, UserView] => [
    row.username,
    {
      nickname: row.nickname,
      email: row.email,
      departments: (departmentsOf.get(String(row.id)) ?? []).map((item) => title(item.departmentId) ?? '?').sort(),
      mainDepartment: title(row.mainDepartmentId),
      roles: (rolesOf.get(String(row.id)) ?? []).map((item) => item.roleName).sort(),
    },
  ]);
  return {
    departments: new Map(departmentViews.map((view) => [view.title, view])),
    users: new Map(userViews),
  };
}

/** Everything that synchronisation may write, apart from tasks and outcomes: equal before and after means no write. */
export async function dumpWritable(host: TestApp): Promise<string> {
  const tables = [
    'users',
    'rolesUsers',
    'departments',
    'departmentsUsers',
    'main_departments_path',
    'userDataSyncRecords',
    'userDataSyncRecordsResources',
    'userDataSyncPendingLinks',
    'userDataSyncSources',
  ];
  const dump: Record<string, string[]> = {};
  for (const table of tables) dump[table] = (await host.rows(table)).map((row) => JSON.stringify(row)).sort();
  return JSON.stringify(dump);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
