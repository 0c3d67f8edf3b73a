import type { Settings } from '../../common/settings';
import { filterByUser, outcomeFilter, taskFilter, userFilter } from './filters';
import type { SendRequest } from './host';
import type {
  Change,
  ChangeSearch,
  DisabledUser,
  Id,
  Outcome,
  OutcomeFilter,
  Page,
  PushRole,
  Source,
  SourceType,
  SourceValues,
  Task,
  TaskFilter,
  User,
} from './model';
import { Transport } from './transport';

/** Who is shown along with a task. */
const TASK_APPENDS = ['source', 'createdBy', 'decidedBy'];

/** The server as the page sees it. Calls fail with `PageError`, whose message can be shown. */
export class SyncApi {
  private readonly server: Transport;

  constructor(send: SendRequest) {
    this.server = new Transport(send);
  }

  async sourceTypes(): Promise<SourceType[]> {
    return this.server.data<SourceType[]>({ url: 'userData:listSyncTypes' });
  }

  /** Roles that may push where a source names them. */
  async pushRoles(): Promise<PushRole[]> {
    return this.server.data<PushRole[]>({ url: 'userData:listPushRoles' });
  }

  async sources(): Promise<Source[]> {
    return this.server.data<Source[]>({ url: 'userDataSyncSources:list', params: { paginate: false, sort: 'id' } });
  }

  async createSource(values: SourceValues): Promise<void> {
    await this.server.post('userDataSyncSources:create', values);
  }

  async updateSource(id: Id, values: Partial<SourceValues>): Promise<void> {
    await this.server.post('userDataSyncSources:update', values, { filterByTk: id });
  }

  async deleteSource(id: Id): Promise<void> {
    await this.server.post('userDataSyncSources:destroy', undefined, { filterByTk: id });
  }

  /** Tries a source as it is in a form; says what was found. */
  async testConnection(source: { id?: Id; sourceType?: string; options: unknown }): Promise<string> {
    return (await this.server.post<{ message: string }>('userData:testConnection', source)).message;
  }

  /** Starts a run and gives back its task's id at once. */
  async sync(name: string): Promise<Id> {
    return this.start('userData:pull', { name });
  }

  /** Starts a run that says what Sync would do, and writes nothing. */
  async preview(name: string): Promise<Id> {
    return this.start('userData:pull', { name, dryRun: true });
  }

  /** Removes everything that a source imported, and then the source; or previews it. */
  async purge(sourceId: Id, { dryRun }: { readonly dryRun: boolean }): Promise<Id> {
    return this.start('userData:purge', { sourceId, deleteSource: true, dryRun });
  }

  async retry({ id, sourceId }: Pick<Task, 'id' | 'sourceId'>): Promise<void> {
    await this.server.post('userData:retry', { id, sourceId });
  }

  /** Runs only the records that failed, from what was stored. */
  async retryFailed({ id, sourceId }: Pick<Task, 'id' | 'sourceId'>): Promise<void> {
    await this.server.post('userData:retryFailed', { id, sourceId });
  }

  /** Lets a run go on that is held. */
  async approve(id: Id): Promise<void> {
    await this.server.post('userData:approve', { id });
  }

  async reject(id: Id): Promise<void> {
    await this.server.post('userData:reject', { id });
  }

  /** Runs exactly what a preview showed; gives back the id of the new task. */
  async runNow(id: Id): Promise<Id> {
    return this.start('userData:runNow', { id });
  }

  async tasks(filter: TaskFilter, page: number, pageSize: number): Promise<Page<Task>> {
    return this.server.page<Task>('userDataSyncTasks:list', {
      filter: JSON.stringify(taskFilter(filter)),
      appends: TASK_APPENDS,
      sort: '-id',
      page,
      pageSize,
    });
  }

  async task(id: Id): Promise<Task> {
    const params = { filterByTk: id, appends: TASK_APPENDS };
    return this.server.data<Task>({ url: 'userDataSyncTasks:get', params });
  }

  async outcomes(filter: OutcomeFilter, page: number, pageSize: number): Promise<Page<Outcome>> {
    return this.server.page<Outcome>('userDataSyncOutcomes:list', {
      filter: JSON.stringify(outcomeFilter(filter)),
      sort: 'id',
      page,
      pageSize,
    });
  }

  async outcomesCsv(taskId: Id): Promise<Blob> {
    return this.server.file('userData:exportOutcomes', { taskId });
  }

  async payload(taskId: Id): Promise<Blob> {
    return this.server.file('userData:downloadPayload', { taskId });
  }

  /** What runs did to a person or a department, newest first. */
  async changes(search: ChangeSearch, page: number, pageSize: number): Promise<Page<Change>> {
    return this.server.page<Change>('userData:listChanges', { ...search, page, pageSize });
  }

  async disabledUsers(search: string, page: number, pageSize: number): Promise<Page<DisabledUser>> {
    return this.server.page<DisabledUser>('userDataSyncDisabledUsers:list', {
      filter: JSON.stringify(filterByUser(search)),
      appends: ['user', 'task', 'disabledBy'],
      sort: '-disabledAt',
      page,
      pageSize,
    });
  }

  async disableUser(userId: Id): Promise<void> {
    await this.server.post('userData:disableUser', { userId });
  }

  async enableUser(userId: Id): Promise<void> {
    await this.server.post('userData:enableUser', { userId });
  }

  /** The first users who are called something like that. Not everybody who may see this page may see users. */
  async users(search: string): Promise<readonly User[]> {
    const found = await this.server.page<User>('users:list', {
      filter: JSON.stringify(userFilter(search)),
      fields: ['id', 'nickname', 'username', 'email'],
      sort: 'id',
      page: 1,
      pageSize: 20,
    });
    return found.rows;
  }

  async settings(): Promise<Settings> {
    return this.server.data<Settings>({ url: 'userData:settings' });
  }

  async saveSettings(settings: Settings): Promise<void> {
    await this.server.post('userData:updateSettings', settings);
  }

  /** Starts something that runs as a task, and gives back the task's id. */
  private async start(url: string, data: unknown): Promise<Id> {
    return (await this.server.post<{ taskId: Id }>(url, data)).taskId;
  }
}
