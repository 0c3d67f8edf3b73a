import type { Database, Repository } from '@nocobase/database';
import type { SystemLogger } from '@nocobase/logger';
import { Toposort, type ToposortOptions } from '@nocobase/utils';
import type { SyncDataType } from '../../common/records';
import { DEFAULT_RULES, type SourceRules } from '../../common/rules';
import { DEFAULT_SETTINGS } from '../../common/settings';
import { inTransaction } from '../database/transaction';
import { RecordSetCollector, PartsInMemory } from '../deliveries';
import { SyncError } from '../errors';
import { LinkStore, OriginRecordStore, PendingLinkStore } from '../links';
import type { Link } from '../model/link';
import type { PrimaryKey } from '../model/primary-key';
import type { UserData } from '../model/records';
import type { SyncTarget } from '../pipeline/contracts';
import type { PipelineDeps } from '../pipeline/deps';
import { runSync, type RunOrder } from '../pipeline/run-sync';
import type { SyncResult } from '../pipeline/report';
import { holdParams, nothingRemoved, type RecentRemovals } from '../pipeline/safeguard';
import { anyMatchKey } from '../records/match-key';
import { RecordByRecordTarget, TargetRegistry, type OriginRecord, type UserDataResource } from '../targets';
import { RemovalChecks, type RemovalCheck } from '../targets/shared/removal-checks';

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

/**
 * The targets of an application and the way to them. It works by itself once `db` is set: without the plugin there are
 * no built-in targets, so that record-by-record targets of any name are in charge.
 */
export class UserDataResourceManager {
  logger?: SystemLogger;
  /** What administrators decided about a source; by default nothing. */
  readRules: (sourceName: string) => Promise<SourceRules> = async () => DEFAULT_RULES;
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
    const collector = new RecordSetCollector(new PartsInMemory());
    await collector.add({ dataType, matchKey: anyMatchKey(matchKey), records, sourceName, mode: 'delta' });
    const { removal, limits, scope, protection } = await this.readRules(sourceName);
    const order: RunOrder = {
      received: collector.recordSets(),
      scope,
      limits,
      context: { removal, protection, isPurge: false, userLimit: await this.userLimit() },
      dryRun: false,
      removedLately: () => this.removedLately(sourceName),
      windowHours: DEFAULT_SETTINGS.removalWindowHours,
    };
    const { results = [], hold } = await runSync(order, this.pipeline());
    // Without a task there is nothing that could be approved.
    if (hold) throw new SyncError('REMOVAL_LIMIT', { ...holdParams(hold), task: '–' });
    return results.map(({ result }) => result);
  }

  /** Asks for a reason why rows of a target cannot be removed, whenever some would be; see `RemovalCheck`. */
  registerRemovalCheck(target: 'users' | 'departments', check: RemovalCheck): void {
    this.removalChecks.register(target, check);
  }

  /** Keeps what a source says about its records, without taking them to any target. */
  async saveOriginRecords({ dataType, records, sourceName }: UserData): Promise<void> {
    const collector = new RecordSetCollector(new PartsInMemory());
    await collector.add({ dataType, records, sourceName, mode: 'delta' });
    const { origins } = this.pipeline();
    for (const recordSet of collector.recordSets())
      for await (const page of recordSet.pages()) await origins.track(sourceName, dataType, page.records);
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
      db,
      targets: this.registry,
      origins: new OriginRecordStore(db),
      pending: new PendingLinkStore(db, this.links),
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
