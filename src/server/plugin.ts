import type { Database } from '@nocobase/database';
import type { Logger } from '@nocobase/logger';
import { Plugin } from '@nocobase/server';
import { API_SOURCE_NAME, API_SOURCE_TYPE } from '../common/sources';
import { bodyErrors } from './actions/body-errors';
import { collectionActions } from './actions/collections';
import { guard } from './actions/guard';
import { availableActions } from './actions/resources/available-actions';
import { unreadQueries } from './actions/unread-queries';
import { userDataActions } from './actions/user-data';
import { takeTurnsWithHost } from './host/take-turns';
import { DeliverySpool } from './deliveries';
import { DisabledUserStore, keepDisabledUsersOut, type SocketRefusal, UserDisabling } from './disabled-users';
import { reasonOf } from './errors';
import { forgottenUserIds } from './host/caches';
import { ClusterCache } from './host/cluster-cache';
import { HostEvents } from './host/events';
import { PrivilegedRoles } from './host/protection';
import { NAMESPACE } from './host/requests/translate';
import { Absence, BuiltInPlace } from './in-place';
import { LinkStore, PendingLinkStore } from './links';
import { BUILT_IN_NAME } from './model/names';
import { DailyFile } from './payload-log/daily-file';
import { payloadLogFolder } from './payload-log/log-files';
import { PayloadLog } from './payload-log/payload-log';
import { surviveErrors } from './payload-log/shared-logger';
import { nothingRemoved } from './pipeline/safeguard';
import { cleanUpNightly } from './retention';
import { contextOf } from './service/request-context';
import { UserDataResourceManager } from './service/user-data-resource-manager';
import { UserDataSyncService } from './service/user-data-sync-service';
import { SettingsStore } from './settings/settings-store';
import {
  ApiSource,
  FileSource,
  sealOnSave,
  SourceRepository,
  SyncSourceManager,
  SyncSourceModel,
  unlinkOnDestroy,
  validateFileOptions,
} from './sources';
import { adoptSourceNames } from './takeover/adopt-source-names';
import { keepNamesExact } from './takeover/exact-names';
import { mergeDuplicates } from './takeover/merge-duplicates';
import { sealStoredSecrets } from './takeover/seal-stored-secrets';
import { DepartmentsTarget, MembershipsTarget, UsersTarget } from './targets';
import { announceTo, RemovalHistory, RunningTasks, RunSlots, TaskStore } from './tasks';

type AppMiddleware = Parameters<Plugin['app']['use']>[0];
type ResourceMiddleware = Parameters<Plugin['app']['resourceManager']['use']>[0];

/** How often tasks are looked for whose run has died or has never begun, in ms. */
const RECOVERY_INTERVAL = 15_000;

/** Imports users and departments from other systems into NocoBase. */
export class PluginUserDataSyncServer extends Plugin {
  sourceManager!: SyncSourceManager;
  resourceManager!: UserDataResourceManager;
  syncService!: UserDataSyncService;
  settings!: SettingsStore;
  userDisabling!: UserDisabling;
  privilegedRoles!: PrivilegedRoles;
  sockets!: SocketRefusal;
  /** How many runs go on at a time on this node. */
  readonly runSlots = new RunSlots();

  private sharedLogger?: Logger;
  private cache!: ClusterCache;
  private tasks!: TaskStore;
  private running!: RunningTasks;
  private recovery?: NodeJS.Timeout;
  private readonly place = new BuiltInPlace(this);

  override afterAdd(): void {
    this.place.take();
  }

  override async beforeLoad(): Promise<void> {
    this.place.take();
    if (!this.place.isTaken || this.sourceManager) return;
    this.app.db.registerModels({ SyncSourceModel });
    keepNamesExact(this.app.db);
    this.sourceManager = new SyncSourceManager(
      () => this.app.aesEncryptor,
      () => new SourceRepository(this.app.db),
    );
    this.resourceManager = new UserDataResourceManager();
    this.resourceManager.logger = this.app.logger;
    this.cache = new ClusterCache({
      cache: () => this.app.cache,
      hasBus: () => this.app.pubSubManager.isConnected(),
      send: (message) => this.sendSyncMessage(message),
      // A user who is disabled is dropped from the cache, and the connections of such users are closed here.
      dropped: (keys) => this.sockets.closeDisabled(forgottenUserIds(keys)),
      complain: (message) => this.app.logger.error(message),
    });
    this.privilegedRoles = new PrivilegedRoles(this.app.db, this.app.acl);
    this.registerBuiltIns();
  }

  /** From this plugin on another node. */
  override async handleSyncMessage(message: unknown): Promise<void> {
    await this.cache.receive(message);
  }

  /** Enabling a plugin runs no migrations, and its tables may be there already, from the official plugin. */
  override async beforeEnable(): Promise<void> {
    this.place.assertCanBeTaken();
    await mergeDuplicates(this.db);
    await adoptSourceNames(this.db);
  }

  override async beforeDisable(): Promise<void> {
    if (!this.place.isTaken) return;
    await new Absence(this.db).remember();
    const disabled = await this.db.getRepository('userDataSyncDisabledUsers').count();
    if (disabled === 0) return;
    this.log.warn(
      `user data synchronization is being disabled; disabled users who can sign in from now on: ${disabled}`,
    );
  }

  override async load(): Promise<void> {
    if (!this.place.isTaken) return;
    this.place.settleIn();
    this.resourceManager.db = this.db;
    const spool = new DeliverySpool(this.db, () => this.app.aesEncryptor);
    this.tasks = new TaskStore(this.db, (taskId) => spool.has(taskId));
    this.running = new RunningTasks(() => this.app.logger);
    const sources = new SourceRepository(this.db);
    this.settings = new SettingsStore(this.db);
    const { settings } = this;
    this.resourceManager.readRules = (name) => sources.readRules(name);
    this.resourceManager.removedLately = async (name) => {
      const { removalWindowHours: hours } = await settings.read();
      const id = await sources.idOf(name);
      return id === undefined ? nothingRemoved(hours) : new RemovalHistory(this.db).of(id, hours);
    };
    this.resourceManager.userLimit = async () => (await settings.read()).userLimit;
    this.syncService = new UserDataSyncService({
      db: this.db,
      sources,
      sourceManager: this.sourceManager,
      resourceManager: this.resourceManager,
      logger: () => this.getLogger(),
      tasks: this.tasks,
      spool,
      running: this.running,
      slots: this.runSlots,
      taskDeps: this.taskDeps(settings, spool),
      contextOf: (request) => contextOf(this.app, request),
    });
    sealOnSave(this.db, this.sourceManager, () => this.app.aesEncryptor);
    unlinkOnDestroy(this.db, (source, transaction) => this.syncService.unlinkAll(source, transaction));
    cleanUpNightly(this.app, this.running);
    this.keepDisabledUsersOut();
    this.defineActions();
    this.definePermissions();
    this.app.on('afterStart', () => this.startRecovery());
    this.app.on('beforeStop', () => this.stop());
    takeTurnsWithHost(this.app);
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
    const { cache, privilegedRoles } = this;
    const events = new HostEvents(db, (plugin) => this.app.pm.get(plugin)?.enabled === true, cache.complain);
    const newId = () => Number(this.app.snowflakeIdGenerator.generate());
    const { removalChecks } = this.resourceManager;
    const host = { db, links, cache, events, removalChecks, privilegedRoles };
    this.resourceManager.registerTarget(
      new UsersTarget({ ...host, pending, disabledUsers: new DisabledUserStore(db) }),
    );
    this.resourceManager.registerTarget(new DepartmentsTarget({ ...host, pending, newId }));
    this.resourceManager.registerTarget(new MembershipsTarget({ ...host, pending, newId }), { after: 'departments' });
  }

  /** For other plugins: writes lines of JSON where the payloads are, in the folder `user-data-sync` of the logs. */
  getLogger(): Logger {
    this.sharedLogger ??= this.makeSharedLogger();
    return this.sharedLogger;
  }

  private makeSharedLogger(): Logger {
    const logger = this.createLogger({
      dirname: 'user-data-sync',
      filename: '%DATE%.log',
      format: 'json',
      level: 'info',
      silent: false,
      transports: ['dailyRotateFile'],
    });
    return surviveErrors(logger, (error) =>
      this.log.error(`user data synchronization: the log for other plugins broke: ${reasonOf(error)}`),
    );
  }

  private taskDeps(settings: SettingsStore, spool: DeliverySpool) {
    const payloadLog = new PayloadLog(new DailyFile(payloadLogFolder(this.app.name)));
    const announce = announceTo(this.app);
    const { db, tasks } = this;
    return () => ({ ...this.resourceManager.pipeline(), db, tasks, settings, spool, payloadLog, announce });
  }

  private defineActions(): void {
    this.app.use(bodyErrors as unknown as AppMiddleware, {
      tag: 'userDataSyncBodyErrors',
      after: 'i18n',
      before: 'bodyParser',
    });
    this.app.use(unreadQueries as unknown as AppMiddleware, {
      tag: 'userDataSyncUnreadQueries',
      after: 'errorHandler',
      before: 'bodyParser',
    });
    const actions = userDataActions(() => this);
    this.app.resourceManager.define({
      name: 'userData',
      only: Object.keys(actions),
      actions,
    });
    const use = (middleware: unknown, options: Parameters<Plugin['app']['resourceManager']['use']>[1]) =>
      this.app.resourceManager.use(middleware as ResourceMiddleware, options);
    use(guard, { tag: 'userDataSyncGuard', before: ['validate-filter-params', 'auth'] });
    use(availableActions, { tag: 'userDataSyncAvailable', after: 'auth', before: ['setCurrentRole', 'acl'] });
    // After everything that would read, merge or translate a filter.
    use(
      collectionActions(() => this),
      { tag: 'userDataSyncCollections', after: ['acl', 'parseVariables'] },
    );
  }

  private keepDisabledUsersOut(): void {
    const store = new DisabledUserStore(this.db);
    this.userDisabling = new UserDisabling(this.db, store, this.cache, this.privilegedRoles);
    this.sockets = keepDisabledUsersOut(this.app, store);
  }

  /** Administrators get everything with `pm.user-data-sync`; a role that may only push, and read what became of it, gets `user-data-sync.push`. */
  private definePermissions(): void {
    this.app.acl.registerSnippet({
      name: `pm.${BUILT_IN_NAME}`,
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
    this.app.acl.registerSnippet({
      name: `${BUILT_IN_NAME}.push`,
      // Of tasks and outcomes only those of own pushes: see `actions/resources/own-pushes.ts`.
      actions: ['userData:push', 'userDataSyncTasks:list', 'userDataSyncTasks:get', 'userDataSyncOutcomes:list'],
    });
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
    const absence = new Absence(this.db);
    for (const line of await absence.describe()) this.log.warn(line);
    await absence.remember();
    // Enabling a plugin runs no migrations, the built-in plugin stores secrets as plain text, and a name that this version
    // takes for that of a secret may have been an ordinary one to the version before.
    await sealStoredSecrets(this.db, (type) => this.sourceManager.secretsOf(type), this.app.aesEncryptor);
    await this.ensureApiSource();
    await this.recover();
    clearInterval(this.recovery);
    this.recovery = setInterval(() => {
      this.recover().catch((error: unknown) => this.app.logger.error(String(error)));
    }, RECOVERY_INTERVAL);
    this.recovery.unref();
  }

  /** Finds runs whose process has died, and those that nobody has begun. */
  async recover(): Promise<void> {
    await this.tasks.claims.giveUpLost();
    await this.syncService.runner.takeForgotten();
  }

  /** Before the database is closed: runs end and say so. */
  private async stop(): Promise<void> {
    const hasStarted = this.recovery !== undefined;
    clearInterval(this.recovery);
    await this.running.stop();
    if (hasStarted) await new Absence(this.db).remember();
  }
}

export default PluginUserDataSyncServer;
