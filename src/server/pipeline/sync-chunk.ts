import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { databaseFault, isUniqueViolation, refusalReason } from '../database/faults';
import { isolate } from '../database/isolate';
import { inTransaction } from '../database/transaction';
import { reasonOf, SyncError } from '../errors';
import type { OriginRecordStore } from '../links';
import type { Link, LinksByUid } from '../model/link';
import { failed, type Outcome } from '../model/outcome';
import { nameOf, type Warning } from '../model/records';
import type { TrackedRecord } from '../model/tracked-record';
import { StalePlan, type SyncTarget, type TargetChunk } from './contracts';

/** Keeps what became of records, as part of the transaction that writes them. */
export type KeepOutcomes = (outcomes: readonly Outcome[], transaction: Transaction) => Promise<void>;

/** What writing chunks needs. */
export interface ChunkWriter {
  readonly db: Database;
  readonly origins: Pick<OriginRecordStore, 'links'>;
}

/** What a target did with a chunk. */
export interface ChunkResult {
  /** Those that are in the database already, as `keep` has stored them. */
  readonly kept: readonly Outcome[];
  /** Those of records for which nothing was written. */
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  readonly deferred: readonly TrackedRecord[];
  /** Links of records that have others now. */
  readonly links: LinksByUid;
}

/**
 * Plans and writes a chunk. When writing fails the chunk is cut in half and each half planned again, until the record
 * to blame stands alone and fails with its reason; everything else is written. A database that is out of reach, busy or
 * full is no record's fault and breaks the run.
 */
export async function syncChunk(
  target: SyncTarget,
  chunk: TargetChunk,
  writer: ChunkWriter,
  keep: KeepOutcomes,
): Promise<ChunkResult> {
  const results = await isolate<TrackedRecord, ChunkResult>(chunk.records, {
    work: (records) => planUntilFresh(target, { ...chunk, records }, writer, keep),
    blame: (tracked, error) => ({ ...NOTHING, outcomes: [blame(tracked, error)] }),
    isNobodysFault: (error) => isInterrupted(error) || !['data', undefined].includes(databaseFault(error)),
  });
  return {
    kept: results.flatMap(({ kept }) => kept),
    outcomes: results.flatMap(({ outcomes }) => outcomes),
    warnings: results.flatMap(({ warnings }) => warnings),
    deferred: results.flatMap(({ deferred }) => deferred),
    links: new Map<string, readonly Link[]>(results.flatMap(({ links }) => [...links])),
  };
}

const NOTHING: ChunkResult = { kept: [], outcomes: [], warnings: [], deferred: [], links: new Map() };

/** So often a chunk is planned that others are changing at the same time. */
const MAX_PLANS = 10;

/** Plans until the plan still holds when it is written. */
async function planUntilFresh(
  target: SyncTarget,
  chunk: TargetChunk,
  writer: ChunkWriter,
  keep: KeepOutcomes,
): Promise<ChunkResult> {
  let { records } = chunk;
  for (let plan = 1; ; plan += 1) {
    try {
      return await planAndApply(target, { ...chunk, records }, writer, keep);
    } catch (error) {
      if (!(error instanceof StalePlan)) throw error;
      if (plan === MAX_PLANS) throw new SyncError('DATABASE_BUSY');
      const links = await writer.origins.links.of(records.map(({ id }) => id));
      records = records.map((tracked) => ({ ...tracked, links: links.get(String(tracked.id)) ?? [] }));
    }
  }
}

/** All of a chunk or nothing of it. */
async function planAndApply(
  target: SyncTarget,
  chunk: TargetChunk,
  { db }: ChunkWriter,
  keep: KeepOutcomes,
): Promise<ChunkResult> {
  let kept: readonly Outcome[] | undefined;
  const plan = await target.plan(chunk);
  const applied = await target.apply(plan, async (write) => {
    kept = await inTransaction(db, async (transaction) => {
      const outcomes = await write(transaction);
      await keep(outcomes, transaction);
      return outcomes;
    });
  });
  // Outside of the transaction and of every lock: a listener may push something itself, and wait for that.
  await applied?.announce?.();
  const { warnings, deferred } = plan;
  const told = kept ? { kept, outcomes: [] } : { kept: [], outcomes: plan.outcomes };
  return { ...told, warnings, deferred, links: applied?.links ?? new Map<string, readonly Link[]>() };
}

/** Another process has taken the run over, or others have written again and again what this run plans to write. */
const isInterrupted = (error: unknown) =>
  error instanceof SyncError && ['INTERRUPTED', 'DATABASE_BUSY'].includes(error.code);

function blame(tracked: TrackedRecord, error: unknown): Outcome {
  const name = nameOf(tracked.record);
  if (error instanceof SyncError) return failed(tracked, name, error.code, error.params);
  if (databaseFault(error) === undefined) return failed(tracked, name, 'TARGET_FAILED', { reason: reasonOf(error) });
  if (!isUniqueViolation(error)) return failed(tracked, name, 'WRITE_FAILED', { reason: refusalReason(error) });
  const fields = (error as { fields?: Record<string, unknown> }).fields ?? {};
  const [field = '', value = ''] = Object.entries(fields)[0] ?? [];
  return failed(tracked, name, 'UNIQUE_CONFLICT', { field, value: String(value), holder: 'other', because: 'correct' });
}
