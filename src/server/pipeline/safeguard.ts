import type { RemovalLimit, RemovalLimits } from '../sources/source-rules';

/** What a run would remove, and what its source has. */
export interface RemovalForecast {
  readonly users: RemovalShare;
  readonly departments: RemovalShare;
  /** A full delivery without a single record that counts. */
  readonly isEmpty: boolean;
}

export interface RemovalShare {
  /** Records whose row would go, be disabled or be let go. */
  readonly removed: number;
  /** Records of the source that are there before the run. */
  readonly owned: number;
}

/** Why a run is held. */
export type HoldReason = 'empty' | 'limit' | 'grown';

/** A percentage of a few says little: it counts from this many on (Okta asks for 100, we for fewer). */
const PERCENT_FROM = 50;

/** Whether a run has to wait for somebody to approve it, and why. Pure. */
export function judgeRemovals(forecast: RemovalForecast, limits: RemovalLimits): HoldReason | undefined {
  if (forecast.isEmpty) return 'empty';
  if (exceeds(forecast.users, limits.users) || exceeds(forecast.departments, limits.departments)) return 'limit';
  return undefined;
}

function exceeds({ removed, owned }: RemovalShare, { count, percent }: RemovalLimit): boolean {
  return removed > count || (owned >= PERCENT_FROM && removed * 100 > owned * percent);
}
