import type { RemovalLimit, RemovalLimits } from '../../common/rules';
import type { MessageParams } from '../errors';

/** What the safeguard counts apart; `adopted` are those of the users who were there before the source. */
export type RemovalKind = keyof RemovalLimits;

/** What a run would remove, and what its source has. */
export interface RemovalForecast extends Readonly<Record<RemovalKind, RemovalShare>> {
  /** A full delivery without a single record that counts. */
  readonly isEmpty: boolean;
}

export interface RemovalShare {
  /** Records whose row would be disabled, deleted or unlinked. */
  readonly removed: number;
  /** Records of the source that are there before the run. */
  readonly owned: number;
}

/** What earlier runs of the source have removed within the window without an approval. */
export interface RecentRemovals extends Readonly<Record<RemovalKind, number>> {
  /** How far back the window goes, in hours. */
  readonly hours: number;
}

export const nothingRemoved = (hours: number): RecentRemovals => ({ hours, users: 0, departments: 0, adopted: 0 });

/** Why a run is held. With `Lately`, what earlier runs have removed is what exceeds the limit. */
export type HoldReason = 'empty' | 'grown' | RemovalKind | `${RemovalKind}Lately`;

/** What a run that would be held would remove, and what is allowed. */
export interface WouldBeHeld extends Readonly<Record<RemovalKind, RemovalNumbers>> {
  readonly reason: HoldReason;
  /** How far back `removedLately` goes, in hours. */
  readonly hours: number;
}

export interface RemovalNumbers extends RemovalShare {
  /** What earlier runs have removed within these hours. */
  readonly removedLately: number;
  /** So many may be removed within these hours, by this run and earlier ones. */
  readonly limit: number;
}

/** A percentage of a few says little: so many may always be removed, as far as `count` allows. */
const ALWAYS_ALLOWED = 5;

const KINDS = ['users', 'departments', 'adopted'] as const satisfies readonly RemovalKind[];

/** Whether a run would remove anything, so that it has to be judged. */
export function removesAnybody(forecast: RemovalForecast): boolean {
  return KINDS.some((kind) => forecast[kind].removed > 0);
}

/** Whether a run has to wait for somebody to approve it, and why. Pure. */
export function judgeRemovals(
  forecast: RemovalForecast,
  recent: RecentRemovals,
  limits: RemovalLimits,
): HoldReason | undefined {
  if (forecast.isEmpty) return 'empty';
  for (const kind of KINDS) {
    if (exceeds(forecast[kind], 0, limits[kind])) return kind;
    if (exceeds(forecast[kind], recent[kind], limits[kind])) return `${kind}Lately`;
  }
  return undefined;
}

/** A run that removes nothing is not held for what other runs have removed. */
function exceeds({ removed, owned }: RemovalShare, recent: number, { count, percent }: RemovalLimit): boolean {
  if (removed === 0) return false;
  return removed + recent > mostOf(owned + recent, { count, percent });
}

/** How many of those that a source has may be removed. */
function mostOf(owned: number, { count, percent }: RemovalLimit): number {
  return Math.min(count, Math.max(ALWAYS_ALLOWED, Math.floor((owned * percent) / 100)));
}

/** Removals that were judged, and why the run is held. */
export interface JudgedRemovals {
  readonly reason: HoldReason;
  readonly forecast: RemovalForecast;
  readonly recent: RecentRemovals;
  readonly limits: RemovalLimits;
}

/** Why a run would be held, in numbers. */
export function wouldBeHeld({ reason, forecast, recent, limits }: JudgedRemovals): WouldBeHeld {
  const numbers = (kind: RemovalKind): RemovalNumbers => {
    const { removed, owned } = forecast[kind];
    const removedLately = recent[kind];
    return { removed, owned, removedLately, limit: mostOf(owned + removedLately, limits[kind]) };
  };
  const [users, departments, adopted] = KINDS.map(numbers);
  return { reason, hours: recent.hours, users, departments, adopted };
}

/** Where nothing of a type would be removed, the message does not speak of it. */
function concernsOf(hasUsers: boolean, hasDepartments: boolean): string {
  if (hasUsers) return hasDepartments ? 'both' : 'users';
  return hasDepartments ? 'departments' : 'none';
}

/** What the message of a run that is held speaks of. */
export function holdParams(judged: JudgedRemovals): MessageParams {
  const { reason, hours, users, departments, adopted } = wouldBeHeld(judged);
  return {
    held: reason,
    concerns: concernsOf(users.removed > 0, departments.removed > 0),
    hours,
    users: users.removed,
    ownedUsers: users.owned,
    recentUsers: users.removedLately,
    limitUsers: users.limit,
    departments: departments.removed,
    ownedDepartments: departments.owned,
    recentDepartments: departments.removedLately,
    limitDepartments: departments.limit,
    adopted: adopted.removed,
    ownedAdopted: adopted.owned,
    recentAdopted: adopted.removedLately,
    limitAdopted: adopted.limit,
  };
}
