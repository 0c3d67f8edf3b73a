import type { MatchKey } from './action';
import { UNIQUE_FIELDS, type ModelSource, type OrganisationModel } from './organisation-model';
import { matchValue, type UserReading } from './reading';

/** The first user of the installation. */
export const ROOT_ID = '1';

/**
 * A record may fail only for what is true in the end, when everybody else has got what they wanted. Throws for one that
 * failed without need.
 */
export function justifyFailures(
  model: OrganisationModel,
  source: ModelSource,
  users: readonly UserReading[],
  matchKey: MatchKey | undefined,
  failures: ReadonlyMap<string, string>,
): void {
  const delivered = new Set(users.filter(({ isDeleted }) => !isDeleted).map(({ uid }) => uid));
  for (const record of users) {
    const code = failures.get(record.uid);
    if (code !== undefined && !isJustified(record, code))
      throw new Error(`User record ${record.uid} failed with ${code}, though nothing stands in its way`);
  }

  function isJustified(record: UserReading, code: string): boolean {
    const link = source.users.get(record.uid)?.link;
    const linked = link && model.users.get(link.userId);
    const value = linked ? undefined : matchValue(record, matchKey);
    const match = value === undefined || !matchKey ? undefined : model.userWith(matchKey, value);
    const rivals = match ? model.claimsOn(match.id).filter((claim) => claim.source === source) : [];
    const isTaken = rivals.some(({ uid, entry }) => entry.link?.isActive || delivered.has(uid));
    if (code === 'PROTECTED_USER') return match?.id === ROOT_ID;
    if (code === 'MATCH_CONFLICT') return isTaken;
    if (code !== 'UNIQUE_CONFLICT') return false;
    const own = linked ?? (isTaken ? undefined : match);
    return UNIQUE_FIELDS.some((field) => {
      const wanted = record.fields[field];
      const holder = wanted ? model.userWith(field, wanted) : undefined;
      return holder !== undefined && holder.id !== own?.id;
    });
  }
}
