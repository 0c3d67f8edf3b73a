import type { OrganisationModel } from './organisation-model';
import type { Snapshot } from './snapshot';

/** Users and departments in one form, whether they are in the database or expected there. Sorted, ids are text. */
export interface View {
  readonly users: Readonly<Record<string, unknown>>;
  readonly departments: Readonly<Record<string, unknown>>;
}

const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
const sorted = <T>(items: readonly [string, T][]) =>
  Object.fromEntries([...items].sort(([a], [b]) => a.localeCompare(b)));

export function viewOfModel(model: OrganisationModel): View {
  const users = [...model.users.values()].map(({ id, fields, roles, disabled, main }): [string, unknown] => [
    id,
    {
      ...fields,
      roles: [...roles].sort(),
      disabled,
      main,
      departments: sorted(
        model.memberships
          .filter(({ userId }) => userId === id)
          .map(({ departmentId, isOwner }) => [departmentId, isOwner ? 'owner' : 'member']),
      ),
    },
  ]);
  const departments = [...model.departments.values()].map(({ id, title, parentId }): [string, unknown] => [
    id,
    { title, parentId, isLeaf: model.childrenOf(id).length === 0, path: model.lineage(id).reverse() },
  ]);
  return { users: sorted(users), departments: sorted(departments) };
}

export function viewOfSnapshot(snapshot: Snapshot): View {
  const of = (rows: Snapshot['users'], key: string, id: unknown) =>
    rows.filter((row) => String(row[key]) === String(id));
  const users = snapshot.users.map(
    ({ id, username, email, nickname, isDisabled, mainDepartmentId }): [string, unknown] => {
      const causes = of(snapshot.disabled, 'userId', id).map(({ cause }) => cause);
      if (causes.length !== (isDisabled ? 1 : 0)) throw new Error(`Nobody knows why user ${String(id)} is disabled`);
      return [
        String(id),
        {
          username,
          email,
          nickname,
          roles: of(snapshot.roles, 'userId', id)
            .map(({ roleName }) => roleName)
            .sort(),
          disabled: causes[0] ?? null,
          main: text(mainDepartmentId),
          departments: sorted(
            of(snapshot.memberships, 'userId', id).map(({ departmentId, isOwner }) => [
              String(departmentId),
              isOwner ? 'owner' : 'member',
            ]),
          ),
        },
      ];
    },
  );
  const departments = snapshot.departments.map(({ id, title, parentId, isLeaf }): [string, unknown] => {
    const path = of(snapshot.paths, 'nodePk', id).map((row) => String(row.path));
    return [
      String(id),
      { title, parentId: text(parentId), isLeaf: Boolean(isLeaf), path: path.join('|').split('/').slice(1) },
    ];
  });
  return { users: sorted(users), departments: sorted(departments) };
}
