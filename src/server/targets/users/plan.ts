import { failed, type Outcome } from '../../model/outcome';
import { nameOf, type UserRecord } from '../../model/records';
import type { PrimaryKey } from '../../model/primary-key';
import type { Steps } from '../../pacing';
import type { TargetChunk } from '../../pipeline/contracts';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { readUserCandidates } from './candidates';
import { refusalOf, type Refusal } from './refusals';
import { planUserRemovals, type UserRemovalPlan } from './removals';
import type { UserCandidate, UserPlan, UserSnapshot } from './types';
import { resolveUniqueValues } from './unique-values';
import { admitWithinLimit, countNoLongerEnabled } from './user-limit';
import { textOf } from './user-rows';

/** What planning asks of the fields of users. */
export type UserFields = Pick<FieldCatalogue, 'parse' | 'differences' | 'asChanges' | 'uniqueFields'>;

/** Decides what becomes of each user of a chunk. Pure: everything it needs to know is in the snapshot. */
export function* planUsers(
  chunk: TargetChunk<UserRecord>,
  snapshot: UserSnapshot,
  catalogue: UserFields,
): Steps<UserPlan> {
  const records = chunk.records;
  const deleted = records.filter(({ record }) => record.isDeleted);
  const removals = yield* planUserRemovals(deleted, snapshot, chunk);
  const { candidates, refused, matchConflicts } = yield* readUserCandidates(records, removals, {
    chunk,
    snapshot,
    catalogue,
  });
  const { accepted, refused: notYet, releases } = yield* choose(candidates, removals, chunk, snapshot, catalogue);
  // The rest of the delivery may remove the obstacle, so these fail only in the final chunk.
  const deferrable = [...matchConflicts, ...notYet];
  const outcomes = yield* outcomesOf(removals, [...refused, ...(chunk.final ? deferrable : [])], accepted);
  const writes = yield* writesOf(accepted);
  return {
    basis: { claims: snapshot.weighed, userLimit: chunk.run.userLimit, remaining: snapshot.remaining },
    sourceName: chunk.sourceName,
    taskId: chunk.run.taskId,
    ...writes,
    deletes: removals.deletes,
    noLongerEnabled: countNoLongerEnabled(removals, snapshot),
    disables: removals.disables,
    alreadyDisabled: removals.alreadyDisabled,
    deactivatedLinkIds: removals.deactivatedLinkIds,
    obsoleteLinkIds: [...removals.obsoleteLinkIds, ...accepted.flatMap(({ staleLinkIds }) => staleLinkIds)],
    unlinkedRecordIds: removals.unlinkedRecordIds,
    releases,
    outcomes,
    warnings: [...removals.warnings, ...accepted.flatMap(({ warnings }) => warnings)],
    deferred: chunk.final ? [] : deferrable.map(({ tracked }) => tracked),
  };
}

/** The candidates that can be written together, and why the others cannot. */
interface Choice {
  readonly accepted: readonly UserCandidate[];
  readonly refused: readonly Refusal[];
  readonly releases: ReadonlyMap<string, readonly PrimaryKey[]>;
}

/** Chooses the candidates that get their unique values and stay within the limit of enabled users. */
function* choose(
  candidates: readonly UserCandidate[],
  removals: UserRemovalPlan,
  chunk: TargetChunk<UserRecord>,
  snapshot: UserSnapshot,
  catalogue: UserFields,
): Steps<Choice> {
  const resolve = (among: readonly UserCandidate[]) =>
    resolveUniqueValues(among, removals.deletes, snapshot.holders, catalogue);
  const first = yield* resolve(candidates);
  yield;
  const { admitted, overLimit } = admitWithinLimit(first.accepted, removals, snapshot, chunk.run);
  // A user over the limit keeps its values, so those who were to get them are judged again.
  const second = overLimit.length > 0 ? yield* resolve(admitted) : { ...first, conflicts: [] };
  const conflicts = [...first.conflicts, ...second.conflicts].map((conflict) => refusalOf(conflict, chunk));
  return { accepted: second.accepted, refused: [...conflicts, ...overLimit], releases: second.releases };
}

function* outcomesOf(
  removals: UserRemovalPlan,
  failures: readonly Refusal[],
  accepted: readonly UserCandidate[],
): Steps<Outcome[]> {
  const outcomes = [...removals.outcomes];
  for (const { tracked, code, params } of failures) {
    outcomes.push(failed(tracked, nameOf(tracked.record), code, params));
    yield;
  }
  for (const candidate of accepted) {
    outcomes.push(outcomeOf(candidate));
    yield;
  }
  return outcomes;
}

function outcomeOf({ tracked, row, changes, newLink, reactivatedLinkIds, isEnabled }: UserCandidate): Outcome {
  const { uid } = tracked.record;
  const name = textOf(tracked.record.fields.nickname) ?? textOf(row?.nickname) ?? nameOf(tracked.record);
  if (!row) return { uid, name, action: 'created', changes };
  const hasChanges = Object.keys(changes).length > 0;
  const isLinked = newLink !== undefined || reactivatedLinkIds.length > 0;
  const action = isEnabled ? 'enabled' : isLinked ? 'linked' : hasChanges ? 'updated' : 'unchanged';
  return { uid, name, action, rowId: row.id, ...(hasChanges ? { changes } : {}) };
}

function* writesOf(accepted: readonly UserCandidate[]): Steps<Pick<UserPlan, 'creates' | 'updates'>> {
  const creates = accepted.flatMap(({ tracked, row, values }) => (row ? [] : [{ tracked, values }]));
  yield;
  const updates = accepted.flatMap(({ row, ...rest }) => (row ? [{ row, ...rest }] : []));
  yield;
  return { creates, updates };
}
