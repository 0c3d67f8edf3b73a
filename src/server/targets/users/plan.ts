import { failed, type Outcome, type PrimaryKey, type TargetChunk } from '../../pipeline/contracts';
import { nameOf, type Warning } from '../../records/types';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { resolveUniqueValues, type Candidate } from './unique-values';
import type { TrackedUser, UserClaim, UserDelete, UserPlan, UserRow, UserSnapshot } from './types';

/** The name of the target, and of its links. */
export const USERS = 'users';

/** Decides what becomes of each user of a chunk. Pure: everything it needs to know is in the snapshot. */
export function planUsers(chunk: TargetChunk, snapshot: UserSnapshot, catalogue: FieldCatalogue): UserPlan {
  const outcomes: Outcome[] = [];
  const candidates: Candidate[] = [];
  const deletes: UserDelete[] = [];
  const obsoleteLinkIds: PrimaryKey[] = [];
  const removalWarnings: Warning[] = [];
  const taken = new Map<string, string>();

  for (const tracked of chunk.records as readonly TrackedUser[]) {
    const { record } = tracked;
    const links = tracked.links.filter((link) => link.resource === USERS);
    const row = links.map((link) => snapshot.linked.get(link.resourcePk)).find((found) => found !== undefined);
    const fail = (code: Parameters<typeof failed>[2], params = {}) =>
      outcomes.push(failed(tracked, nameOf(record), code, params));
    const stale = links.filter((link) => link.resourcePk !== String(row?.id)).map((link) => link.id);

    if (record.isDeleted) {
      planRemoval(tracked, row, stale);
      continue;
    }
    const parsed = catalogue.parse(record);
    if ('code' in parsed) {
      fail(parsed.code, parsed.params);
      continue;
    }
    const found = row ?? findMatch(tracked, chunk, snapshot, parsed.values);
    if (found && snapshot.protectedIds.has(String(found.id))) {
      fail('PROTECTED_USER', { user: String(found.id) });
      continue;
    }
    if (found && !row) {
      const other = claimOfSameSource(found);
      if (other !== undefined) {
        fail('MATCH_CONFLICT', { field: chunk.matchKey ?? '', user: String(found.id), other });
        continue;
      }
      taken.set(String(found.id), record.uid);
    }
    const changes = found ? catalogue.differences(found, parsed.values) : catalogue.asChanges(parsed.values);
    const values = found
      ? Object.fromEntries(Object.keys(changes).map((name) => [name, parsed.values[name]]))
      : parsed.values;
    candidates.push({
      tracked,
      row: found,
      values,
      changes,
      newLink: found && !row ? { adopted: isAdopted(found) } : undefined,
      staleLinkIds: stale,
      warnings: parsed.warnings,
    });
  }

  const { accepted, conflicts, releases } = resolveUniqueValues(candidates, deletes, snapshot.holders, catalogue);
  const deferred = chunk.final ? [] : conflicts.map(({ candidate }) => candidate.tracked);
  if (chunk.final) {
    for (const { candidate, field, value, holder, holderId } of conflicts) {
      const name = nameOf(candidate.tracked.record);
      outcomes.push(failed(candidate.tracked, name, 'UNIQUE_CONFLICT', { field, value, holder, holderId }));
    }
  }
  const decided = accepted.map((candidate) => ({ candidate, outcome: outcomeOf(candidate) }));
  outcomes.push(...decided.map(({ outcome }) => outcome));
  return {
    creates: decided.flatMap(({ candidate: { tracked, row, values }, outcome }) =>
      row ? [] : [{ tracked, values, outcome }],
    ),
    updates: accepted.flatMap(({ row, ...rest }) => (row ? [{ row, ...rest }] : [])),
    deletes,
    obsoleteLinkIds: [...obsoleteLinkIds, ...accepted.flatMap((candidate) => candidate.staleLinkIds)],
    releases,
    outcomes,
    warnings: [...removalWarnings, ...accepted.flatMap((candidate) => candidate.warnings)],
    deferred,
  };

  /**
   * A user that a source made goes with its last source; while another source claims it, it is only let go. A user that
   * was there before is only let go, too: what was made by hand is removed by hand.
   */
  function planRemoval(tracked: TrackedUser, row: UserRow | undefined, stale: readonly PrimaryKey[]): void {
    const { uid } = tracked.record;
    const name = nameOf(tracked.record);
    if (!row) {
      obsoleteLinkIds.push(...stale);
      outcomes.push({ uid, name, action: 'unchanged' });
      return;
    }
    const rowId = row.id;
    const displayName = textOf(row.nickname) ?? textOf(row.username) ?? name;
    if (snapshot.protectedIds.has(String(rowId))) {
      outcomes.push(failed(tracked, displayName, 'PROTECTED_USER', { user: String(rowId) }));
      return;
    }
    const isAdoptedUser = tracked.links.some((link) => link.resource === USERS && link.adopted);
    const isKept = isAdoptedUser || (snapshot.claims.get(String(rowId)) ?? []).some((claim) => !isOwn(claim, tracked));
    const dependents = snapshot.dependents.get(String(rowId));
    if (!isKept && dependents !== undefined) {
      outcomes.push(failed(tracked, displayName, 'HAS_DEPENDENTS', { reason: dependents }));
      return;
    }
    obsoleteLinkIds.push(...tracked.links.filter((link) => link.resource === USERS).map((link) => link.id));
    if (!isKept) deletes.push({ tracked, row });
    if (isAdoptedUser) removalWarnings.push({ uid, code: 'USER_KEPT', params: { user: String(rowId) } });
    outcomes.push({ uid, name: displayName, action: isKept ? 'unlinked' : 'deleted', rowId });
  }

  /** A user that no source has made: either none claims it, or those who do found it, too. */
  function isAdopted(row: UserRow): boolean {
    const claims = snapshot.claims.get(String(row.id)) ?? [];
    return claims.length === 0 || claims.some((claim) => claim.adopted);
  }

  /** The uid of another record of this source that already has this user. */
  function claimOfSameSource(row: UserRow): string | undefined {
    const claims = snapshot.claims.get(String(row.id)) ?? [];
    return taken.get(String(row.id)) ?? claims.find((claim) => claim.sourceName === chunk.sourceName)?.uid;
  }
}

function isOwn(claim: UserClaim, tracked: TrackedUser): boolean {
  return String(claim.recordId) === String(tracked.id);
}

/** An empty value matches nobody: otherwise everybody without an e-mail address would be the same person. */
function findMatch(
  tracked: TrackedUser,
  chunk: TargetChunk,
  snapshot: UserSnapshot,
  values: Readonly<Record<string, unknown>>,
): UserRow | undefined {
  if (tracked.record.isDeleted || chunk.matchKey === undefined) return undefined;
  const value = values[chunk.matchKey];
  return typeof value === 'string' && value !== '' ? snapshot.matched.get(value) : undefined;
}

function outcomeOf({ tracked, row, changes, newLink }: Candidate): Outcome {
  const { uid } = tracked.record;
  const name = textOf(tracked.record.fields.nickname) ?? textOf(row?.nickname) ?? nameOf(tracked.record);
  if (!row) return { uid, name, action: 'created', changes };
  const hasChanges = Object.keys(changes).length > 0;
  const action = newLink ? 'linked' : hasChanges ? 'updated' : 'unchanged';
  return { uid, name, action, rowId: row.id, ...(hasChanges ? { changes } : {}) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
