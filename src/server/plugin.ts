import type { Database } from '@nocobase/database';
import { Plugin } from '@nocobase/server';
import { bodyErrors } from './actions/body-errors';
import { collectionActions } from './actions/collections';
import { guard } from './actions/guard';
import { translateRefusals } from './actions/refusals';
import { NAMESPACE } from './actions/translate';
import { userDataActions } from './actions/user-data';
import { DisabledUserStore, guardFlag, refuseSessions, refuseSignIn, UserDisabling } from './disabled-users';
import { LinkStore, PendingLinkStore } from './links';
import { PayloadLog } from './payload-log/payload-log';
import { cleanUpNightly } from './retention';
import { UserDataSyncService } from './service/user-data-sync-service';
import { SettingsStore } from './settings/settings-store';
import {
  API_SOURCE_NAME,
  API_SOURCE_TYPE,
  ApiSource,
  FileSource,
  sealOnSave,
  SourceRepository,
  SyncSourceManager,
  SyncSourceModel,
  validateFileOptions,
} from './sources';
import { adoptSourceNames } from './takeover/adopt-source-names';
import { mergeDuplicates } from './takeover/merge-duplicates';
import { sealStoredSecrets } from './takeover/seal-stored-secrets';
import { DepartmentsTarget, HostEvents, UsersTarget } from './targets';
import { announceTo, HeldDeliveryStore, RunningTasks, TaskStore } from './tasks';
import { ClusterCache } from './targets/shared/cluster-cache';
import { UserDataResourceManager } from './user-data-resource-manager';

type AppMiddleware = Parameters<Plugin['app']['use']>[0];
type ResourceMiddleware = Parameters<Plugin['app']['resourceManager']['use']>[0];

/** How often tasks whose run is gone are looked for, in ms. */
const RECOVERY_INTERVAL = 15_000;
/** A node that dies while it writes a chunk keeps the others from writing for this long at most, in ms. */
const WRITE_LOCK_TTL = 60_000;

/** Brings users and departments from other systems into NocoBase. */
export class PluginUserDataSyncServer extends Plugin {
  sourceManager!: SyncSourceManager;
  resourceManager!: UserDataResourceManager;
  syncService!: UserDataSyncService;
  settings!: SettingsStore;
  userDisabling!: UserDisabling;

  private cache!: ClusterCache;
  private tasks!: TaskStore;
  private running!: RunningTasks;
  private recovery?: NodeJS.Timeout;

  override async beforeLoad(): Promise<void> {
    this.app.db.registerModels({ SyncSourceModel });
    this.sourceManager = new SyncSourceManager(() => this.app.aesEncryptor);
    this.resourceManager = new UserDataResourceManager();
    this.resourceManager.logger = this.app.logger;
    this.cache = new ClusterCache({
      cache: () => this.app.cache,
      hasBus: () => this.app.pubSubManager.isConnected(),
      send: (message) => this.sendSyncMessage(message),
      complain: (message) => this.app.logger.error(message),
    });
    this.registerBuiltIns();
  }

  /** From this plugin on another node. */
  override async handleSyncMessage(message: unknown): Promise<void> {
    await this.cache.receive(message);
  }

  /** Enabling a plugin runs no migrations, and its tables may be there already, from the official plugin. */
  override async beforeEnable(): Promise<void> {
    await mergeDuplicates(this.db);
    await adoptSourceNames(this.db);
  }

  override async afterEnable(): Promise<void> {
    await sealStoredSecrets(this.db, (type) => this.sourceManager.secretsOf(type), this.app.aesEncryptor);
  }

  override async load(): Promise<void> {
    this.resourceManager.db = this.db;
    this.resourceManager.runExclusive = (work) =>
      this.app.lockManager.runExclusive('user-data-sync:write', work, WRITE_LOCK_TTL);
    this.tasks = new TaskStore(this.db, this.app.lockManager);
    this.running = new RunningTasks(() => this.app.logger);
    const sources = new SourceRepository(this.db);
    this.settings = new SettingsStore(this.db);
    const { settings } = this;
    const held = new HeldDeliveryStore(this.db, () => this.app.aesEncryptor);
    this.resourceManager.rulesOf = (name) => sources.rulesOf(name);
    this.resourceManager.userLimit = async () => (await settings.read()).userLimit;
    this.syncService = new UserDataSyncService({
      db: this.db,
      sources,
      sourceManager: this.sourceManager,
      tasks: this.tasks,
      held,
      running: this.running,
      taskDeps: this.taskDeps(settings, held),
    });
    sealOnSave(this.db, this.sourceManager, () => this.app.aesEncryptor);
    cleanUpNightly(this.app, this.running);
    this.keepDisabledUsersOut();
    this.defineActions();
    this.definePermissions();
    this.app.on('afterStart', () => this.startRecovery());
    this.app.on('beforeStop', () => this.stop());
  }

  private registerBuiltIns(): void {
    const ns = `{ ns: "${NAMESPACE}" }`;
    this.sourceManager.registerType(API_SOURCE_TYPE, {
      syncSource: ApiSource,
      title: `{{t("HTTP API", ${ns})}}`,
      isPullable: false,
    });
    this.sourceManager.registerType('file', {
      syncSource: FileSource,
      title: `{{t("CSV or JSON file", ${ns})}}`,
      validateOptions: validateFileOptions,
    });
    const db: Database = this.app.db;
    const links = new LinkStore(db);
    const pending = new PendingLinkStore(db, links);
    const { cache } = this;
    const events = new HostEvents(db, (plugin) => this.app.pm.get(plugin)?.enabled === true, cache.complain);
    const newId = () => Number(this.app.snowflakeIdGenerator.generate());
    const { removalChecks } = this.resourceManager;
    const host = { db, links, cache, events, removalChecks };
    this.resourceManager.registerTarget(
      new UsersTarget({ ...host, pending, disabledUsers: new DisabledUserStore(db) }),
    );
    this.resourceManager.registerTarget(new DepartmentsTarget({ ...host, pending, newId }));
  }

  private taskDeps(settings: SettingsStore, held: HeldDeliveryStore) {
    const payloadLog = new PayloadLog(
      this.createLogger({
        dirname: 'user-data-sync',
        filename: '%DATE%.log',
        format: 'json',
        level: 'info',
        silent: false,
        transports: ['dailyRotateFile'],
      }),
    );
    const announce = announceTo(this.app);
    const { db, tasks } = this;
    return () => ({ ...this.resourceManager.pipeline(), db, tasks, settings, held, payloadLog, announce });
  }

  private defineActions(): void {
    this.app.use(bodyErrors as unknown as AppMiddleware, {
      tag: 'userDataSyncBodyErrors',
      after: 'i18n',
      before: 'bodyParser',
    });
    const actions = userDataActions(() => this);
    this.app.resourceManager.define({
      name: 'userData',
      only: Object.keys(actions),
      actions,
    });
    this.app.resourceManager.use(guard as unknown as ResourceMiddleware, { tag: 'userDataSyncGuard', before: 'auth' });
    this.app.resourceManager.use(collectionActions(() => this) as unknown as ResourceMiddleware, {
      tag: 'userDataSyncCollections',
      after: 'acl',
    });
  }

  /** Users who are disabled get nowhere, in the host's own data source and in all others. */
  private keepDisabledUsersOut(): void {
    const store = new DisabledUserStore(this.db);
    this.userDisabling = new UserDisabling(this.db, store, this.cache);
    guardFlag(this.db);
    refuseSignIn(this.db, store);
    const { dataSourceManager } = this.app;
    dataSourceManager.use(translateRefusals, {
      tag: 'userDataSyncRefusals',
      before: 'auth',
    });
    dataSourceManager.use(refuseSessions(store), {
      tag: 'userDataSyncDisabledUsers',
      after: 'auth',
      before: ['setCurrentRole', 'acl'],
    });
  }

  /** Administrators get everything with `pm.user-data-sync`; a role that may only push gets `user-data-sync.push`. */
  private definePermissions(): void {
    this.app.acl.registerSnippet({
      name: `pm.${this.name}`,
      actions: [
        'userData:*',
        'userDataSyncSources:list',
        'userDataSyncSources:get',
        'userDataSyncSources:create',
        'userDataSyncSources:update',
        'userDataSyncSources:destroy',
        'userDataSyncSources:move',
        'userDataSyncTasks:list',
        'userDataSyncTasks:get',
        'userDataSyncOutcomes:list',
        'userDataSyncOutcomes:get',
        'userDataSyncDisabledUsers:list',
        'userDataSyncDisabledUsers:get',
      ],
    });
    this.app.acl.registerSnippet({ name: `${this.name}.push`, actions: ['userData:push'] });
  }

  /** The built-in source is a row like any other, so that it can be listed, switched off and have tasks. */
  private async ensureApiSource(): Promise<void> {
    const repository = this.db.getRepository('userDataSyncSources');
    if (await repository.findOne({ filter: { name: API_SOURCE_NAME } })) return;
    await repository.create({
      values: { name: API_SOURCE_NAME, sourceType: API_SOURCE_TYPE, enabled: true, options: {} },
    });
  }

  private async startRecovery(): Promise<void> {
    await this.ensureApiSource();
    // Without a message bus between nodes this one is alone: whatever is processing was left behind.
    await this.tasks.failInterrupted((await this.app.pubSubManager.isConnected()) ? 'silent' : 'all');
    clearInterval(this.recovery);
    this.recovery = setInterval(() => {
      this.tasks.failInterrupted('silent').catch((error: unknown) => this.app.logger.error(String(error)));
    }, RECOVERY_INTERVAL);
    this.recovery.unref();
  }

  /** Before the database is closed: runs end and say so. */
  private async stop(): Promise<void> {
    clearInterval(this.recovery);
    await this.running.stop();
  }
}

export default PluginUserDataSyncServer;
