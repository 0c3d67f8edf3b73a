import type { RemovalLimits, Scope } from '../../common/rules';
import type { RecordSet } from '../deliveries';
import type { Approval } from './approval';
import type { RunContext } from './contracts';
import type { PipelineDeps, RunObserver } from './deps';
import { PreparedRun, type ForecastRemovals } from './prepared-run';
import type { CountedResult } from './report';
import {
  judgeRemovals,
  nothingRemoved,
  removesAnybody,
  type HoldReason,
  type JudgedRemovals,
  type RecentRemovals,
} from './safeguard';

/** What a run is to do with what was received, and what it may remove. */
export interface RunOrder {
  readonly received: readonly RecordSet[];
  readonly scope: Scope;
  readonly limits: RemovalLimits;
  readonly context: RunContext;
  /** Whether to write nothing, and only say what would be written. */
  readonly dryRun: boolean;
  /** What earlier runs of the source have removed lately; asked for when this one removes anybody. */
  readonly removedLately: () => Promise<RecentRemovals>;
  /** How far back that looks, in hours. */
  readonly windowHours: number;
  /** Removals that somebody has approved: these may be made, whatever the limits say. */
  readonly approval?: () => Promise<Approval>;
}

/** Why a run has to wait for somebody, or would have to: what it would remove, of what is allowed. */
export interface Hold extends JudgedRemovals {
  readonly forecast: ForecastRemovals;
}

/** What a run did, or would do; or why it is held by the safeguard, and nothing has been written. */
export type SyncedRun =
  | { readonly results: readonly CountedResult[]; readonly hold?: Hold }
  | { readonly results?: undefined; readonly hold: Hold };

/**
 * One run, from what was received to what became of it: what is out of scope is left out, what is missing is found, the
 * safeguard judges what would be removed, and then everything is written, or only previewed. Pushes, pulls, approvals,
 * retries and purges all come through here, with a task or without one.
 */
export async function runSync(order: RunOrder, deps: PipelineDeps, observer: RunObserver = {}): Promise<SyncedRun> {
  const run = await PreparedRun.of(order.received, order.scope, order.context, deps);
  observer.onMissing?.(run.missing);
  const hold = await guard(run, order);
  if (hold && !order.dryRun) return { hold };
  return { results: order.dryRun ? await run.preview(observer) : await run.apply(observer), hold };
}

async function guard(
  run: PreparedRun,
  { limits, approval, removedLately, windowHours }: RunOrder,
): Promise<Hold | undefined> {
  const forecast = await run.forecast();
  const recent = removesAnybody(forecast) ? await removedLately() : nothingRemoved(windowHours);
  const reason = approval ? grownBeyond(await approval(), forecast) : judgeRemovals(forecast, recent, limits);
  return reason && { reason, forecast, recent, limits };
}

const grownBeyond = (approval: Approval, { outcomes }: ForecastRemovals): HoldReason | undefined =>
  approval.covers(outcomes) ? undefined : 'grown';
