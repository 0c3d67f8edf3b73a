import { outcomeFilter, taskFilter } from './filters';
import type { SendRequest } from './host';
import type { Id, Outcome, OutcomeFilter, Page, Source, SourceType, SourceValues, Task, TaskFilter } from './model';
import { Transport } from './transport';

/** Who is shown along with a task. */
const TASK_APPENDS = ['source', 'createdBy'];

/** The server as the page sees it. Calls fail with `PageError`, whose message can be shown. */
export class SyncApi {
  private readonly server: Transport;

  constructor(send: SendRequest) {
    this.server = new Transport(send);
  }

  async sourceTypes(): Promise<SourceType[]> {
    return this.server.data<SourceType[]>({ url: 'userData:listSyncTypes' });
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

  async retry({ id, sourceId }: Pick<Task, 'id' | 'sourceId'>): Promise<void> {
    await this.server.post('userData:retry', { id, sourceId });
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

  /** Starts something that runs as a task, and gives back the task's id. */
  private async start(url: string, data: unknown): Promise<Id> {
    return (await this.server.post<{ taskId: Id }>(url, data)).taskId;
  }
}
