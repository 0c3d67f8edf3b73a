import type { RequestConfig, SendRequest } from './host';
import type { Outcome, OutcomeFilter, Page, Source, SourceType, SourceValues, Task, TaskFilter } from './model';

/** The server as the page sees it. Calls fail with `PageError`, whose message can be shown. */
export class SyncApi {
  constructor(private readonly send: SendRequest) {}

  async sourceTypes(): Promise<SourceType[]> {
    return this.data<SourceType[]>({ url: 'userData:listSyncTypes' });
  }

  async sources(): Promise<Source[]> {
    return this.data<Source[]>({ url: 'userDataSyncSources:list', params: { paginate: false, sort: 'id' } });
  }

  async createSource(values: SourceValues): Promise<void> {
    await this.call({ url: 'userDataSyncSources:create', method: 'post', data: values });
  }

  async updateSource(id: Source['id'], values: Partial<SourceValues>): Promise<void> {
    await this.call({ url: 'userDataSyncSources:update', method: 'post', params: { filterByTk: id }, data: values });
  }

  async deleteSource(id: Source['id']): Promise<void> {
    await this.call({ url: 'userDataSyncSources:destroy', method: 'post', params: { filterByTk: id } });
  }

  /** Tries a source as it is in a form; says what was found. */
  async testConnection(source: { id?: Source['id']; sourceType?: string; options: unknown }): Promise<string> {
    return (await this.data<{ message: string }>({ url: 'userData:testConnection', method: 'post', data: source }))
      .message;
  }

  /** Starts a run and gives back its task's id at once. */
  async sync(name: string): Promise<Task['id']> {
    return (await this.data<{ taskId: Task['id'] }>({ url: 'userData:pull', method: 'post', data: { name } })).taskId;
  }

  async retry(task: Pick<Task, 'id' | 'sourceId'>): Promise<void> {
    await this.call({ url: 'userData:retry', method: 'post', data: { id: task.id, sourceId: task.sourceId } });
  }

  async tasks(filter: TaskFilter, page: number, pageSize: number): Promise<Page<Task>> {
    return this.page<Task>('userDataSyncTasks:list', {
      filter: JSON.stringify(taskFilter(filter)),
      appends: ['source', 'createdBy'],
      sort: '-id',
      page,
      pageSize,
    });
  }

  async task(id: Task['id']): Promise<Task> {
    const params = { filterByTk: id, appends: ['source', 'createdBy'] };
    return this.data<Task>({ url: 'userDataSyncTasks:get', params });
  }

  async outcomes(filter: OutcomeFilter, page: number, pageSize: number): Promise<Page<Outcome>> {
    return this.page<Outcome>('userDataSyncOutcomes:list', {
      filter: JSON.stringify(outcomeFilter(filter)),
      sort: 'id',
      page,
      pageSize,
    });
  }

  async outcomesCsv(taskId: Task['id']): Promise<Blob> {
    return this.blob('userData:exportOutcomes', taskId);
  }

  async payload(taskId: Task['id']): Promise<Blob> {
    return this.blob('userData:downloadPayload', taskId);
  }

  private async page<T>(url: string, params: Record<string, unknown>): Promise<Page<T>> {
    const body = await this.call({ url, params });
    const { data, meta } = body as { data: T[]; meta?: { count?: number } };
    return { rows: data, count: meta?.count ?? data.length };
  }

  private async data<T>(config: RequestConfig): Promise<T> {
    return ((await this.call(config)) as { data: T }).data;
  }

  private async blob(url: string, taskId: Task['id']): Promise<Blob> {
    return (await this.call({ url, params: { taskId }, responseType: 'blob' })) as Blob;
  }

  private async call(config: RequestConfig): Promise<unknown> {
    try {
      return (await this.send({ skipNotify: true, ...config })).data;
    } catch (error) {
      throw new PageError(...(await explain(error)));
    }
  }
}

/** What went wrong with a call, in words for a person; `code` is the server's, where it gave one. */
export class PageError extends Error {
  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly errors?: readonly { readonly message?: string; readonly code?: string }[];
}

async function explain(error: unknown): Promise<[message: string, code?: string]> {
  const answer = (error as { response?: { data?: ErrorBody | Blob } }).response?.data;
  const first = (answer instanceof Blob ? await readBody(answer) : answer)?.errors?.[0];
  return [first?.message ?? (error instanceof Error ? error.message : String(error)), first?.code];
}

/** Who asks for a file gets the reason for a refusal as a file, too. */
async function readBody(answer: Blob): Promise<ErrorBody | undefined> {
  try {
    return JSON.parse(await answer.text()) as ErrorBody;
  } catch {
    return undefined;
  }
}

function taskFilter({ sourceId, status, from, to }: TaskFilter): Record<string, unknown> {
  return {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(status?.length ? { status: { $in: status } } : {}),
    ...(from && to ? { createdAt: { $dateBetween: [from, to] } } : {}),
  };
}

function outcomeFilter({ taskId, attempt, target, action, search }: OutcomeFilter): Record<string, unknown> {
  return {
    taskId,
    attempt,
    ...(target ? { target } : {}),
    ...(action?.length ? { action: { $in: action } } : {}),
    ...(search ? { $or: [{ uid: { $includes: search } }, { name: { $includes: search } }] } : {}),
  };
}
