import type { Database, Model, Repository } from '@nocobase/database';
import type { SystemLogger } from '@nocobase/logger';
import type { OutcomeAction } from '../../common/outcomes';
import type { SyncDataType } from '../../common/records';
import { inSlices } from '../database/slices';
import { inTransaction } from '../database/transaction';
import { reasonOf } from '../errors';
import type { LinkStore } from '../links';
import type { Link } from '../model/link';
import { failed, type Outcome } from '../model/outcome';
import type { PrimaryKey } from '../model/primary-key';
import { nameOf, type SyncAccept, type UserDataRecord } from '../model/records';
import type { TrackedRecord } from '../model/tracked-record';
import type { Applied, Commit, SyncTarget, TargetChunk, TargetPlan } from '../pipeline/contracts';

/**
 * What is stored about a record of a source, as a record-by-record target gets it: a row of `userDataSyncRecords`, which
 * can be saved.
 */
export interface OriginRecord {
  id: number;
  sourceName: string;
  sourceUk: string;
  dataType: SyncDataType;
  /** The record as the source described it. Secrets in it are masked when it is read from the database again. */
  metaData: UserDataRecord;
  /** What the source said before, as it was stored. */
  lastMetaData?: UserDataRecord | null;
  /** Its links, those of other targets, too. */
  resources: { resource: string; resourcePk: string }[];
}

/** A link that a record-by-record target made (`isDeleted: false`) or that is to be forgotten. */
export interface RecordResourceChanged {
  resourcesPk: PrimaryKey;
  isDeleted: boolean;
}

/**
 * A target that is called record by record, in the order in which records came in, after the built-in target of the
 * record's type has succeeded. `create` is called for records without a link to this target, `update` for the others;
 * both give back the links that changed. A record fails when the call throws. For more than some hundred records write a
 * `SyncTarget` instead.
 */
export abstract class UserDataResource {
  /** Unique among targets. */
  name!: string;
  accepts!: SyncAccept[];
  /** Targets without whose success a record does not come here. Default: `users` for users, `departments` for departments. */
  dependsOn?: SyncTarget['dependsOn'];

  constructor(
    public db: Database,
    public logger: SystemLogger,
  ) {}

  abstract create(record: OriginRecord, matchKey: string): Promise<RecordResourceChanged[]>;

  abstract update(record: OriginRecord, resourcePks: PrimaryKey[], matchKey?: string): Promise<RecordResourceChanged[]>;

  get syncRecordRepo(): Repository {
    return this.db.getRepository('userDataSyncRecords');
  }

  get syncRecordResourceRepo(): Repository {
    return this.db.getRepository('userDataSyncRecordsResources');
  }
}

/**
 * The target decides and writes at once, so there are outcomes only in a dry run: they say which of the two calls would
 * be made.
 */
interface RecordByRecordPlan extends TargetPlan {
  readonly chunk: TargetChunk;
}

/** What a record-by-record target needs of the application. */
export interface RecordByRecordWriter {
  readonly db: Database;
  readonly links: LinkStore;
}

/** A record must not be removed here while its user or department stays. */
const BUILT_IN = { user: ['users'], department: ['departments'] };

/** Makes a `SyncTarget` of a `UserDataResource`, which may be of the built-in plugin's class. */
export class RecordByRecordTarget implements SyncTarget<RecordByRecordPlan> {
  constructor(
    private readonly resource: UserDataResource,
    /** Asked for when it is needed: the database is set later than targets are registered. */
    private readonly writer: () => RecordByRecordWriter,
  ) {}

  get name(): string {
    return this.resource.name;
  }

  get accepts(): SyncAccept[] {
    return this.resource.accepts;
  }

  get dependsOn(): NonNullable<SyncTarget['dependsOn']> {
    return this.resource.dependsOn ?? BUILT_IN;
  }

  async plan(chunk: TargetChunk): Promise<RecordByRecordPlan> {
    const outcomes = chunk.preview ? chunk.records.map((tracked) => this.foreseen(tracked)) : [];
    return { chunk, outcomes, warnings: [], deferred: [] };
  }

  /**
   * What the target writes is its own, and so stands whatever becomes of the run: the links that it gives back are kept
   * at once.
   */
  async apply({ chunk }: RecordByRecordPlan, commit: Commit): Promise<Applied> {
    const outcomes: Outcome[] = [];
    const links = new Map<string, readonly Link[]>();
    const asDelivered = [...chunk.records].sort((a, b) => a.record.position - b.record.position);
    for (const slice of inSlices(asDelivered, RECORDS_PER_STATEMENT)) {
      const origins = await originRecords(this.writer().db, slice);
      for (const tracked of slice)
        outcomes.push(await this.write(tracked, origins.get(String(tracked.id)), chunk, links));
    }
    await commit(async () => outcomes);
    return { links };
  }

  private async write(
    tracked: TrackedRecord,
    origin: OriginRecord | undefined,
    chunk: TargetChunk,
    links: Map<string, readonly Link[]>,
  ): Promise<Outcome> {
    const name = nameOf(tracked.record);
    const { uid } = tracked.record;
    const linked = this.linksOf(tracked);
    try {
      // Somebody deleted it while the run went on.
      if (!origin) throw new Error('The stored record was deleted; run the source again.');
      const changed =
        linked.length > 0
          ? await this.resource.update(
              origin,
              linked.map((link) => link.resourcePk),
              chunk.matchKey,
            )
          : await this.resource.create(origin, chunk.matchKey as string);
      links.set(uid, await this.keepLinks(tracked, changed ?? []));
      return { uid, name, action: this.actionOf(tracked, linked) };
    } catch (error) {
      return failed(tracked, name, 'TARGET_FAILED', { reason: reasonOf(error) });
    }
  }

  private foreseen(tracked: TrackedRecord): Outcome {
    const { record } = tracked;
    return { uid: record.uid, name: nameOf(record), action: this.actionOf(tracked, this.linksOf(tracked)) };
  }

  /** Whether a call changed anything only the target knows; a removal counts once. */
  private actionOf({ record }: TrackedRecord, linked: readonly Link[]): OutcomeAction {
    if (record.isDeleted) return linked.some((link) => !link.inactive) ? 'unlinked' : 'unchanged';
    return linked.length > 0 ? 'updated' : 'created';
  }

  private linksOf(tracked: TrackedRecord): Link[] {
    return tracked.links.filter((link) => link.resource === this.name);
  }

  /** Gives back the links that the record has then. */
  private async keepLinks(tracked: TrackedRecord, changed: readonly RecordResourceChanged[]): Promise<readonly Link[]> {
    let now = tracked.links;
    const isThis = (pk: PrimaryKey) => (link: Link) => link.resource === this.name && link.resourcePk === String(pk);
    for (const { resourcesPk, isDeleted } of changed) {
      const existing = now.filter(isThis(resourcesPk));
      if (isDeleted) {
        await this.writer().links.remove(existing.map((link) => link.id));
        now = now.filter((link) => !existing.includes(link));
      } else if (existing.length === 0) {
        const link = { recordId: tracked.id, resource: this.name, resourcePk: resourcesPk, adopted: false };
        const { db, links } = this.writer();
        const made = await inTransaction(db, (transaction) => links.add([link], transaction));
        now = [...now, ...(made.get(String(tracked.id)) ?? [])];
      }
    }
    // The target decides whether it keeps the links of a removed record; the row is not the source's any more.
    const inactive = tracked.record.isDeleted;
    const turned = now.filter((link) => link.resource === this.name && link.inactive !== inactive);
    await this.writer().links.setInactive(
      turned.map((link) => link.id),
      inactive,
    );
    return now.map((link) => (turned.includes(link) ? { ...link, inactive } : link));
  }
}

const RECORDS_PER_STATEMENT = 500;

/**
 * The rows of records, by their id as text. They say what was delivered, and saving them does not store that: secrets
 * stay masked in the database.
 */
async function originRecords(db: Database, records: readonly TrackedRecord[]): Promise<Map<string, OriginRecord>> {
  const rows = await db.getModel<Model>('userDataSyncRecords').findAll({
    where: { id: records.map(({ id }) => id) },
    include: ['resources'],
  });
  const deliveredBy = new Map(records.map(({ id, record }) => [String(id), record.raw]));
  return new Map(
    rows.map((row) => {
      const id = String(row.get('id'));
      row.set('metaData', { ...deliveredBy.get(id) });
      row.changed('metaData', false);
      return [id, row as unknown as OriginRecord];
    }),
  );
}
