import type { PrimaryKey } from '../../model/primary-key';
import type { TrackedUser } from '../../model/tracked-record';
import type { Steps } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { DEPARTMENTS } from '../shared/resources';
import { keepIdentity } from './identity';
import { matchConflict, type Refusal } from './refusals';
import type { UserRemovalPlan } from './removals';
import type { UserCandidate, UserClaim, UserRow, UserSnapshot } from './types';
import { rowOf, USERS } from './user-rows';

/** What is known when candidates are read. */
interface Context {
  readonly chunk: TargetChunk<UserRecord>;
  readonly snapshot: UserSnapshot;
  readonly catalogue: Pick<FieldCatalogue, 'parse' | 'differences' | 'asChanges'>;
  /** Id of a user → uid of the record of the chunk that is linked to it. */
  readonly linkedUids: ReadonlyMap<string, string>;
  /** Links that the removals of the chunk take away or make inactive. */
  readonly removedLinkIds: ReadonlySet<PrimaryKey>;
}

/** The delivered users of a chunk, read. */
interface ReadUsers {
  readonly candidates: readonly UserCandidate[];
  /** Records that fail, whatever the rest of the delivery says. */
  readonly refused: readonly Refusal[];
  /** Records that have found the user of another record, which the rest of the delivery may remove. */
  readonly matchConflicts: readonly Refusal[];
}

/** Reads the field values of the users that a chunk delivers, and finds their rows. Pure. */
export function* readUserCandidates(
  records: readonly TrackedUser[],
  removals: Pick<UserRemovalPlan, 'deactivatedLinkIds' | 'obsoleteLinkIds'>,
  known: Pick<Context, 'chunk' | 'snapshot' | 'catalogue'>,
): Steps<ReadUsers> {
  const present = records.filter(({ record }) => !record.isDeleted);
  const linkedUids = findLinkedUids(present, known.snapshot);
  const removedLinkIds = new Set([...removals.deactivatedLinkIds, ...removals.obsoleteLinkIds]);
  const context: Context = { ...known, linkedUids, removedLinkIds };
  const candidates: UserCandidate[] = [];
  const refused: Refusal[] = [];
  const matchConflicts: Refusal[] = [];
  for (const tracked of present) {
    yield;
    const read = readCandidate(tracked, context);
    if (!('code' in read)) candidates.push(read);
    else if (read.code === 'MATCH_CONFLICT') matchConflicts.push(read);
    else refused.push(read);
  }
  return { candidates, refused, matchConflicts };
}

function findLinkedUids(present: readonly TrackedUser[], snapshot: UserSnapshot): Map<string, string> {
  return new Map(
    present.flatMap((tracked) => {
      const row = rowOf(tracked, snapshot);
      return row ? [[String(row.id), tracked.record.uid]] : [];
    }),
  );
}

function readCandidate(tracked: TrackedUser, context: Context): UserCandidate | Refusal {
  const { chunk, snapshot, catalogue } = context;
  const parsed = catalogue.parse(tracked.record);
  if ('code' in parsed) return { tracked, ...parsed };
  const linkedRow = rowOf(tracked, snapshot);
  const matchedRow = linkedRow ? undefined : findMatch(chunk, snapshot, parsed.values);
  const row = linkedRow ?? matchedRow;
  const protection = row && snapshot.protectedUsers.get(String(row.id));
  if (row && protection) return { tracked, code: 'PROTECTED_USER', params: { user: String(row.id), protection } };
  const formerClaims = matchedRow ? claimsOfSource(matchedRow, context) : [];
  const otherUid = matchedRow && findOtherUid(matchedRow, formerClaims, context);
  if (otherUid !== undefined) return matchConflict(tracked, chunk, matchedRow, otherUid);

  const differences = row ? catalogue.differences(row, parsed.values) : catalogue.asChanges(parsed.values);
  const { changes, kept } = keepIdentity(tracked, row, differences, snapshot, chunk);
  // A user has one record in a source, so the links of former records are removed.
  const staleLinkIds = [...findStaleLinkIds(tracked, linkedRow), ...formerClaims.map(({ linkId }) => linkId)];
  return {
    tracked,
    row,
    values: row ? pick(parsed.values, Object.keys(changes)) : parsed.values,
    changes,
    newLink: matchedRow && { adopted: isAdopted(matchedRow, snapshot) },
    reactivatedLinkIds: userLinksOf(tracked)
      .filter(({ id, inactive }) => inactive && !staleLinkIds.includes(id))
      .map(({ id }) => id),
    formerRecordIds: formerClaims.map(({ recordId }) => recordId),
    isEnabled: row !== undefined && snapshot.disabled.get(String(row.id)) === 'sync',
    staleLinkIds,
    warnings: [...parsed.warnings, ...kept],
  };
}

/** An empty value matches nobody: otherwise everybody without an e-mail address would be the same person. */
function findMatch(
  { matchKey }: TargetChunk<UserRecord>,
  snapshot: UserSnapshot,
  values: Readonly<Record<string, unknown>>,
): UserRow | undefined {
  const value = matchKey === undefined ? undefined : values[matchKey];
  return typeof value === 'string' && value !== '' ? snapshot.matched.get(value) : undefined;
}

/** Links of this source's records to a user. */
function claimsOfSource({ id }: UserRow, { chunk, snapshot }: Context): readonly UserClaim[] {
  const claims = snapshot.claims.get(String(id)) ?? [];
  return claims.filter(({ sourceName }) => sourceName === chunk.sourceName);
}

/** The uid of another record of the same source that keeps the user. */
function findOtherUid(
  { id }: UserRow,
  claimsOfSource: readonly UserClaim[],
  { linkedUids, removedLinkIds }: Context,
): string | undefined {
  const isKept = ({ inactive, linkId }: UserClaim) => !inactive && !removedLinkIds.has(linkId);
  return linkedUids.get(String(id)) ?? claimsOfSource.find(isKept)?.uid;
}

/** Links of a record to users that do not exist any more. Memberships of such a user say nothing about the next one. */
function findStaleLinkIds(tracked: TrackedUser, linkedRow: UserRow | undefined): PrimaryKey[] {
  const stale = userLinksOf(tracked).filter((link) => link.resourcePk !== String(linkedRow?.id));
  const hasLostUser = !linkedRow && stale.length > 0;
  const memberships = hasLostUser ? tracked.links.filter(({ resource }) => resource === DEPARTMENTS) : [];
  return [...stale, ...memberships].map(({ id }) => id);
}

/** Whether no source has created the user: either no record is linked to it, or one of those that are found it. */
function isAdopted({ id }: UserRow, { claims: claimsByUser }: UserSnapshot): boolean {
  const claims = claimsByUser.get(String(id)) ?? [];
  return claims.length === 0 || claims.some((claim) => claim.adopted);
}

const userLinksOf = ({ links }: TrackedUser) => links.filter(({ resource }) => resource === USERS);

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
