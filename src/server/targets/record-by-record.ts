import type { Database, Repository } from '@nocobase/database';
import type { SystemLogger } from '@nocobase/logger';
import { inTransaction } from '../database/transaction';
import { reasonOf } from '../errors';
import type { LinkStore } from '../links';
import {
  failed,
  type Link,
  type Outcome,
  type OutcomeAction,
  type PrimaryKey,
  type SyncTarget,
  type TargetChunk,
  type TargetPlan,
  type TrackedRecord,
} from '../pipeline/contracts';
import { nameOf, type SyncAccept, type SyncDataType, type UserDataRecord } from '../records/types';

/** What is stored about a record of a source, as a record-by-record target gets it. */
export interface OriginRecord {
  id: number;
  sourceName: string;
  sourceUk: string;
  dataType: SyncDataType;
  /** The record as the source described it. */
  metaData: UserDataRecord;
  resources: { resource: string; resourcePk: string }[];
}

/** A link that a record-by-record target made (`isDeleted: false`) or that is to be forgotten. */
export interface RecordResourceChanged {
  resourcesPk: PrimaryKey;
  isDeleted: boolean;
}

/**
 * A target that is called record by record, in the order in which records came in. `create` is called for records
 * without a link to this target, `update` for the others; both give back the links that changed. A record fails when
 * the call throws. For more than some hundred records write a `SyncTarget` instead.
 */
export abstract class UserDataResource {
  abstract name: string;
  abstract accepts: SyncAccept[];

  constructor(
    public db: Database,
    public logger: SystemLogger,
  ) {}

  abstract create(record: OriginRecord, matchKey?: string): Promise<RecordResourceChanged[]>;

  abstract update(record: OriginRecord, resourcePks: PrimaryKey[], matchKey?: string): Promise<RecordResourceChanged[]>;

  get syncRecordRepo(): Repository {
    return this.db.getRepository('userDataSyncRecords');
  }

  get syncRecordResourceRepo(): Repository {
    return this.db.getRepository('userDataSyncRecordsResources');
  }
}

/**
 * The outcomes are filled in while the records are written, because the target decides and writes at once. In a dry run
 * they say which of the two calls would be made.
 */
interface RecordByRecordPlan extends TargetPlan {
  readonly chunk: TargetChunk;
  readonly outcomes: Outcome[];
}

/** Makes a `SyncTarget` of a `UserDataResource`. */
export class RecordByRecordTarget implements SyncTarget<RecordByRecordPlan> {
  constructor(
    private readonly resource: UserDataResource,
    private readonly links: () => LinkStore,
  ) {}

  get name(): string {
    return this.resource.name;
  }

  get accepts(): SyncAccept[] {
    return this.resource.accepts;
  }

  async plan(chunk: TargetChunk): Promise<RecordByRecordPlan> {
    const outcomes = chunk.preview ? chunk.records.map((tracked) => this.foreseen(tracked)) : [];
    return { chunk, outcomes, warnings: [], deferred: [] };
  }

  async apply({ chunk, outcomes }: RecordByRecordPlan): Promise<void> {
    const asDelivered = [...chunk.records].sort((a, b) => a.record.position - b.record.position);
    for (const tracked of asDelivered) outcomes.push(await this.write(tracked, chunk));
  }

  private async write(tracked: TrackedRecord, chunk: TargetChunk): Promise<Outcome> {
    const name = nameOf(tracked.record);
    const { uid } = tracked.record;
    const linked = this.linksOf(tracked);
    const origin = toOriginRecord(tracked, chunk);
    try {
      const changed =
        linked.length > 0
          ? await this.resource.update(
              origin,
              linked.map((link) => link.resourcePk),
              chunk.matchKey,
            )
          : await this.resource.create(origin, chunk.matchKey);
      await this.keepLinks(tracked, changed ?? []);
      return { uid, name, action: this.actionOf(tracked, linked) };
    } catch (error) {
      return failed(tracked, name, 'TARGET_FAILED', { reason: reasonOf(error) });
    }
  }

  private foreseen(tracked: TrackedRecord): Outcome {
    const { record } = tracked;
    return { uid: record.uid, name: nameOf(record), action: this.actionOf(tracked, this.linksOf(tracked)) };
  }

  /** Whether a call changed anything only the target knows; what goes counts once. */
  private actionOf({ record }: TrackedRecord, linked: readonly Link[]): OutcomeAction {
    if (record.isDeleted) return linked.some((link) => !link.inactive) ? 'unlinked' : 'unchanged';
    return linked.length > 0 ? 'updated' : 'created';
  }

  private linksOf(tracked: TrackedRecord): Link[] {
    return tracked.links.filter((link) => link.resource === this.name);
  }

  private async keepLinks(tracked: TrackedRecord, changed: readonly RecordResourceChanged[]): Promise<void> {
    const isThis = (pk: PrimaryKey) => (link: TrackedRecord['links'][number]) =>
      link.resource === this.name && link.resourcePk === String(pk);
    for (const { resourcesPk, isDeleted } of changed) {
      const existing = tracked.links.filter(isThis(resourcesPk));
      if (isDeleted) {
        await this.links().remove(existing.map((link) => link.id));
        tracked.links = tracked.links.filter((link) => !existing.includes(link));
      } else if (existing.length === 0) {
        const link = { recordId: tracked.id, resource: this.name, resourcePk: resourcesPk, adopted: false };
        const made = await inTransaction(this.resource.db, (transaction) => this.links().add([link], transaction));
        tracked.links = [...tracked.links, ...(made.get(String(tracked.id)) ?? [])];
      }
    }
    // The target keeps the links of a record that is gone, or not; the record is not the source's any more.
    const inactive = tracked.record.isDeleted;
    const turned = this.linksOf(tracked).filter((link) => link.inactive !== inactive);
    await this.links().setInactive(
      turned.map((link) => link.id),
      inactive,
    );
  }
}

function toOriginRecord({ id, record, links }: TrackedRecord, { sourceName, dataType }: TargetChunk): OriginRecord {
  return {
    id: id as number,
    sourceName,
    sourceUk: record.uid,
    dataType,
    metaData: record.raw,
    resources: links.map(({ resource, resourcePk }) => ({ resource, resourcePk })),
  };
}
