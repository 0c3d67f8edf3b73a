import type { Database, Repository } from '@nocobase/database';
import type { SystemLogger } from '@nocobase/logger';
import { Toposort, type ToposortOptions } from '@nocobase/utils';
import { inSlices } from './database/slices';
import { inTransaction } from './database/transaction';
import { LinkStore, OriginRecordStore, PendingLinkStore } from './links';
import type { Link, PrimaryKey, SyncTarget } from './pipeline/contracts';
import { BatchCollector } from './pipeline/batches';
import { PreparedRun, type PipelineDeps } from './pipeline/prepared-run';
import type { SyncResult } from './pipeline/report';
import { holdParams, judgeRemovals, nothingRemoved, removesAnybody, type RecentRemovals } from './pipeline/safeguard';
import type { RunExclusive } from './pipeline/sync-chunk';
import { anyMatchKey } from './records/match-key';
import type { SyncDataType, UserData } from './records/types';
import { SyncError } from './errors';
import { DEFAULT_SETTINGS } from './settings/settings-store';
import { DEFAULT_RULES, type SourceRules } from './sources';
import { RemovalChecks, type RemovalCheck } from './targets/shared/removal-checks';
import { RecordByRecordTarget, TargetRegistry, type OriginRecord, type UserDataResource } from './targets';

const NOTHING_REMOVED = nothingRemoved(DEFAULT_SETTINGS.removalWindowHours);

/** Which records of a source are looked for. */
export interface OriginRecordQuery {
  sourceName: string;
  dataType: SyncDataType;
  sourceUks: string[];
}

/** A row of a target that a stored record stands for. */
export interface ResourceLink {
  /** Primary key of the record in `userDataSyncRecords`. */
  recordId: PrimaryKey;
  /** Name of the target. */
  resource: string;
  resourcePk: PrimaryKey;
}

const RECORDS_PER_STATEMENT = 2000;

/**
 * The targets of an application and the way to them. It works by itself once `db` is set: without the plugin there are
 * no built-in targets, so that record-by-record targets of any name are in charge.
 */
export class UserDataResourceManager {
  logger?: SystemLogger;
  /** Keeps runs from mixing; by default nothing else writes. */
  runExclusive: RunExclusive = (work) => work();

  /** What administrators decided about a source; by default nothing. */
  rulesOf: (sourceName: string) => Promise<SourceRules> = async () => DEFAULT_RULES;
  /** So many users may be enabled; by default any number. */
  userLimit: () => Promise<number | null> = async () => null;
  /** What runs of a source have removed lately; by default nothing. */
  removedLately: (sourceName: string) => Promise<RecentRemovals> = async () => NOTHING_REMOVED;
  /** What plugins have to say about removals. */
  readonly removalChecks = new RemovalChecks();

  /** Record-by-record targets as they were registered, also those of a name that another target is in charge of. */
  readonly resources = new Toposort<UserDataResource>();

  private readonly registry = new TargetRegistry();
  private database?: Database;

  set db(db: Database) {
    this.database = db;
    for (const resource of this.resources.nodes) this.provide(resource);
  }

  /** Adds a target that works in bulk. The first target of a name stays in charge. */
  registerTarget(target: SyncTarget, options?: ToposortOptions): void {
    if (!this.registry.register(target, options)) {
      this.logger?.info(`user data synchronization: target "${target.name}" is there already and stays in charge`);
    }
  }

  /** Adds a record-by-record target. `before` and `after` name other targets. */
  registerResource(resource: UserDataResource, options?: ToposortOptions): void {
    if (!resource.name) throw new Error('A user data resource needs a "name"');
    if (!resource.accepts?.length) throw new Error(`User data resource "${resource.name}" needs "accepts"`);
    this.provide(resource);
    this.resources.add(resource, { tag: resource.name, ...options });
    const writer = () => ({ db: this.requireDb(), links: this.links });
    this.registerTarget(new RecordByRecordTarget(resource, writer), options);
  }

  /** What the constructor of its base class would have set. */
  private provide(resource: UserDataResource): void {
    const { database, logger } = this;
    if (database) resource.db ??= database;
    if (logger) resource.logger ??= logger;
  }

  /** Takes records of a source through all targets, without a task of its own. One result for each target. */
  async updateOrCreate({ dataType, matchKey, records, sourceName }: UserData): Promise<SyncResult[]> {
    const collector = new BatchCollector();
    await collector.add({ dataType, matchKey: anyMatchKey(matchKey), records, sourceName, mode: 'delta' });
    const { removal, limits, scope, protection } = await this.rulesOf(sourceName);
    const context = { removal, protection, isPurge: false, userLimit: await this.userLimit() };
    const run = await PreparedRun.of(await collector.batches(), scope, context, this.pipeline());
    const forecast = await run.forecast();
    const recent = removesAnybody(forecast) ? await this.removedLately(sourceName) : NOTHING_REMOVED;
    const held = judgeRemovals(forecast, recent, limits);
    // Without a task there is nothing that could be approved.
    if (held) throw new SyncError('REMOVAL_LIMIT', { ...holdParams(held, forecast, recent), task: '–' });
    return (await run.apply()).map(({ result }) => result);
  }

  /** Asks for a reason why rows of a target cannot be removed, whenever some would be; see `RemovalCheck`. */
  registerRemovalCheck(target: 'users' | 'departments', check: RemovalCheck): void {
    this.removalChecks.register(target, check);
  }

  /** Keeps what a source says about its records, without taking them to any target. */
  async saveOriginRecords({ dataType, records, sourceName }: UserData): Promise<void> {
    const collector = new BatchCollector();
    await collector.add({ dataType, records, sourceName, mode: 'delta' });
    const { origins } = this.pipeline();
    for (const batch of await collector.batches())
      for (const slice of inSlices(batch.records, RECORDS_PER_STATEMENT))
        await origins.track(sourceName, dataType, slice);
  }

  /** Links a stored record to a row of a target. */
  async addResourceToOriginRecord(link: ResourceLink): Promise<void> {
    const { recordId, resource, resourcePk } = link;
    if ((await this.linksTo(link)).length > 0) return;
    await inTransaction(this.requireDb(), (transaction) =>
      this.links.add([{ recordId, resource, resourcePk, adopted: false }], transaction),
    );
  }

  /** Takes the link of a stored record to a row of a target away. */
  async removeResourceFromOriginRecord(link: ResourceLink): Promise<void> {
    await this.links.remove((await this.linksTo(link)).map(({ id }) => id));
  }

  private async linksTo({ recordId, resource, resourcePk }: ResourceLink): Promise<Link[]> {
    const links = (await this.links.of([recordId])).get(String(recordId)) ?? [];
    return links.filter((link) => link.resource === resource && link.resourcePk === String(resourcePk));
  }

  /** Origin records with their links, in the order of `sourceUks`. */
  async findOriginRecords({ sourceName, dataType, sourceUks }: OriginRecordQuery): Promise<OriginRecord[]> {
    const rows = (await this.syncRecordRepo.find({
      appends: ['resources'],
      filter: { sourceName, dataType, sourceUk: { $in: sourceUks } },
    })) as unknown as OriginRecord[];
    const position = new Map([...sourceUks].reverse().map((uid, index) => [String(uid), -index]));
    return rows.sort((a, b) => (position.get(a.sourceUk) ?? 0) - (position.get(b.sourceUk) ?? 0));
  }

  /** What running a delivery needs. */
  pipeline(): PipelineDeps {
    const db = this.requireDb();
    return {
      targets: this.registry,
      origins: new OriginRecordStore(db),
      pending: new PendingLinkStore(db, this.links),
      exclusively: this.runExclusive,
    };
  }

  /** For bulk targets of other plugins: keeps their links. */
  get links(): LinkStore {
    return new LinkStore(this.requireDb());
  }

  get syncRecordRepo(): Repository {
    return this.requireDb().getRepository('userDataSyncRecords');
  }

  get syncRecordResourceRepo(): Repository {
    return this.requireDb().getRepository('userDataSyncRecordsResources');
  }

  private requireDb(): Database {
    if (!this.database) throw new Error('UserDataResourceManager needs its "db" to be set');
    return this.database;
  }
}
