import type { TestApp } from '../app';
import type { DataType } from './action';

type Row = Readonly<Record<string, unknown>>;

/** A link of a record, by the name of its source. */
export interface SnapshotLink {
  readonly sourceName: string;
  readonly dataType: DataType;
  readonly uid: string;
  readonly resource: string;
  readonly rowId: string;
  readonly isActive: boolean;
}

/** The rows that synchronization may write, as they are. */
export interface Snapshot {
  readonly users: readonly Row[];
  readonly departments: readonly Row[];
  readonly memberships: readonly Row[];
  readonly roles: readonly Row[];
  readonly paths: readonly Row[];
  readonly disabled: readonly Row[];
  readonly links: readonly SnapshotLink[];
}

/** Everything that a run may write, apart from tasks and what is kept with them. */
const WRITTEN = [
  'users',
  'departments',
  'departmentsUsers',
  'rolesUsers',
  'main_departments_path',
  'userDataSyncDisabledUsers',
  'userDataSyncRecords',
  'userDataSyncRecordsResources',
  'userDataSyncPendingLinks',
] as const;

export async function takeSnapshot(host: TestApp): Promise<Snapshot> {
  const [users, departments, memberships, roles, paths, disabled, records, links] = await readAll(host);
  const recordById = new Map(records.map((row) => [String(row.id), row]));
  return {
    users,
    departments,
    memberships,
    roles,
    paths,
    disabled,
    links: links.flatMap((link) => {
      const record = recordById.get(String(link.recordId));
      if (!record) throw new Error(`Link ${String(link.id)} belongs to no record`);
      return [
        {
          sourceName: String(record.sourceName),
          dataType: record.dataType as DataType,
          uid: String(record.sourceUk),
          resource: String(link.resource),
          rowId: String(link.resourcePk),
          isActive: !link.inactive,
        },
      ];
    }),
  };
}

/** Equal dumps mean that nothing was written in between. */
export async function dump(host: TestApp): Promise<Record<string, string[]>> {
  const tables = await readAll(host);
  return Object.fromEntries(WRITTEN.map((table, at) => [table, tables[at].map((row) => JSON.stringify(row)).sort()]));
}

function readAll(host: TestApp): Promise<Row[][]> {
  return Promise.all(WRITTEN.map((table) => host.rows<Row>(table)));
}
