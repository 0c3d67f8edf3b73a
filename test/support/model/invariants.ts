import type { Snapshot } from './snapshot';

/** What holds whatever has happened. Throws for the first thing that does not. */
export function checkInvariants({ users, departments, memberships, roles, paths, disabled, links }: Snapshot): void {
  const userIds = new Set(users.map(({ id }) => String(id)));
  const parents = new Map(departments.map(({ id, parentId }) => [String(id), parentId]));

  const places = new Set<string>();
  for (const { userId, departmentId } of memberships) {
    const place = `user ${String(userId)} in department ${String(departmentId)}`;
    if (!userIds.has(String(userId)) || !parents.has(String(departmentId))) throw new Error(`Nothing left: ${place}`);
    if (places.has(place)) throw new Error(`Twice: ${place}`);
    places.add(place);
  }
  for (const { userId } of [...roles, ...disabled])
    if (!userIds.has(String(userId))) throw new Error(`A row is left of user ${String(userId)}`);
  for (const { id, mainDepartmentId: main } of users)
    if (main !== null && !places.has(`user ${String(id)} in department ${String(main)}`))
      throw new Error(`User ${String(id)} is not in the main department ${String(main)}`);

  for (const id of parents.keys()) {
    const seen = new Set<string>();
    for (let at: unknown = id; at !== null; at = parents.get(String(at))) {
      if (!parents.has(String(at))) throw new Error(`Department ${id} hangs below ${String(at)}, which has gone`);
      if (seen.has(String(at))) throw new Error(`Department ${id} is on a circle`);
      seen.add(String(at));
    }
  }
  for (const { nodePk, path, rootPk } of paths) {
    if (!parents.has(String(nodePk))) throw new Error(`A path is left of department ${String(nodePk)}`);
    if (String(path).split('/')[1] !== String(rootPk)) throw new Error(`${String(path)} has root ${String(rootPk)}`);
  }
  if (paths.length !== departments.length) throw new Error(`${paths.length} paths, ${departments.length} departments`);

  const claims = new Set<string>();
  for (const { sourceName, dataType, resource, rowId, isActive } of links) {
    if (!isActive || (dataType === 'user' && resource === 'departments')) continue;
    const claim = `${sourceName} ${resource} ${rowId}`;
    if (claims.has(claim)) throw new Error(`Two records of a source have the same row: ${claim}`);
    claims.add(claim);
  }
}
