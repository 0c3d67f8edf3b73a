import type { ServerProcess } from './server-process';

type Row = Readonly<Record<string, unknown>>;

/** What a database says about people, departments and what belongs to whom, in lines that name no id. */
export async function endStateOf(server: ServerProcess): Promise<string[]> {
  const rows = (collection: string) => server.rows<Row>(collection);
  const [users, departments, places, roles, paths] = await Promise.all(
    ['users', 'departments', 'departmentsUsers', 'rolesUsers', 'main_departments_path'].map(rows),
  );
  const [records, links, pending, disabled] = await Promise.all(
    [
      'userDataSyncRecords',
      'userDataSyncRecordsResources',
      'userDataSyncPendingLinks',
      'userDataSyncDisabledUsers',
    ].map(rows),
  );
  const people = namesOf(users, ({ username }) => username);
  const titles = namesOf(departments, ({ title }) => title);
  const owners = namesOf(records, ({ dataType, sourceUk }) => `${String(dataType)} ${String(sourceUk)}`);
  const pathOf = (path: unknown) => String(path).split('/').filter(Boolean).map(titles).join(' / ');
  const lines = [
    ...users.map((row) => `user ${show(row, 'username', 'nickname', 'email')} main ${titles(row.mainDepartmentId)}`),
    ...departments.map((row) => `department ${show(row, 'title', 'isLeaf')} below ${titles(row.parentId)}`),
    ...places.map((row) => `${people(row.userId)} in ${titles(row.departmentId)} ${show(row, 'isOwner', 'isMain')}`),
    ...roles.map((row) => `${people(row.userId)} has ${show(row, 'roleName', 'default')}`),
    ...paths.map((row) => `path of ${titles(row.nodePk)} ${pathOf(row.path)} root ${titles(row.rootPk)}`),
    ...records.map((row) => `record ${owners(row.id)} ${JSON.stringify(row.metaData)}`),
    ...links.map(
      (row) =>
        `link ${owners(row.recordId)} ${String(row.resource)} ` +
        `${(row.resource === 'users' ? people : titles)(row.resourcePk)} ${show(row, 'adopted', 'inactive')}`,
    ),
    ...pending.map((row) => `${owners(row.recordId)} waits for ${String(row.awaits)}`),
    ...disabled.map((row) => `disabled ${people(row.userId)}`),
  ];
  return lines.sort();
}

/** Links of records of people who have no user, and rows that belong to nobody. */
export function leftOverIn(lines: readonly string[]): string[] {
  const withUser = new Set(lines.flatMap((line) => /^link (user \S+) users /.exec(line)?.[1] ?? []));
  return lines.filter((line) => {
    if (line.includes(GONE)) return true;
    const owner = /^link (user \S+) /.exec(line) ?? /^(user \S+) waits for /.exec(line);
    return owner !== null && !withUser.has(owner[1]);
  });
}

/** Stands for a row that is not there. */
const GONE = '(gone)';

/** Names of rows by their ids; nothing has no name. */
function namesOf(rows: readonly Row[], nameOf: (row: Row) => unknown): (id: unknown) => string {
  const names = new Map(rows.map((row) => [String(row.id), String(nameOf(row))]));
  return (id) => (id === null ? '-' : (names.get(String(id)) ?? GONE));
}

/** SQLite gives flags as numbers. */
const show = (row: Row, ...fields: readonly string[]) =>
  fields.map((field) => String(Number(row[field]) === 1 && field.startsWith('is') ? true : row[field])).join(' | ');

/** What one list has more of than the other, with how often it does, cut short. */
export function differences(expected: readonly string[], actual: readonly string[]) {
  return { missing: lacking(actual, expected), unexpected: lacking(expected, actual) };
}

function lacking(from: readonly string[], wanted: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of from) counts.set(line, (counts.get(line) ?? 0) + 1);
  const found = wanted.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
  return found.length > 20 ? [...found.slice(0, 20), `and ${found.length - 20} more`] : found;
}

export const none = { missing: [], unexpected: [] } as const;
