import type { Settings } from '../../../src/common/settings';
import type { RequestConfig, SendRequest } from '../../../src/client/page/host';
import type {
  Change,
  DisabledUser,
  Outcome,
  PushRole,
  Source,
  SourceType,
  Task,
  User,
} from '../../../src/client/page/model';

/** A refusal as the server words it. */
export class Refusal extends Error {
  readonly response: { status: number; data: unknown };

  constructor(message: string, code = 'REFUSED', isBlob = false, status = 400) {
    super(`Request failed with status code ${status}`);
    const body = { errors: [{ code, message }] };
    this.response = { status, data: isBlob ? new TextBlob([JSON.stringify(body)]) : body };
  }
}

/** jsdom's files cannot be read as text yet. */
class TextBlob extends Blob {
  constructor(private readonly parts: string[]) {
    super(parts);
  }

  override async text(): Promise<string> {
    return this.parts.join('');
  }
}

type Answer = (config: RequestConfig) => unknown;

/** Answers the page's requests from lists, and keeps the requests. */
export class FakeServer {
  types: SourceType[] = [];
  sources: Source[] = [];
  tasks: Task[] = [];
  outcomes: Outcome[] = [];
  changes: Change[] = [];
  users: User[] = [];
  disabledUsers: DisabledUser[] = [];
  settings: Settings = { outcomeDays: 90, taskDays: 365, userLimit: null, removalWindowHours: 24, heldDays: 30 };
  pushRoles: PushRole[] = [];
  readonly calls: RequestConfig[] = [];
  private readonly answers = new Map<string, Answer>();

  readonly request: SendRequest = async (config) => {
    this.calls.push(config);
    const answer = this.answers.get(config.url) ?? this.standard[config.url];
    if (!answer) throw new Error(`The test server does not know ${config.url}`);
    return { data: await answer(config) };
  };

  /** Answers an address in another way from now on. */
  answer(url: string, answer: Answer): void {
    this.answers.set(url, answer);
  }

  /** Refuses an address until `recover`. */
  refuse(url: string, refusal: Error): void {
    this.answer(url, () => {
      throw refusal;
    });
  }

  recover(url: string): void {
    this.answers.delete(url);
  }

  callsTo(url: string): RequestConfig[] {
    return this.calls.filter((call) => call.url === url);
  }

  /** The last request to an address; fails when there was none. */
  lastCallTo(url: string): RequestConfig {
    const call = this.callsTo(url).at(-1);
    if (!call) throw new Error(`Nothing was asked of ${url}`);
    return call;
  }

  private readonly standard: Record<string, Answer> = {
    'userData:listSyncTypes': () => ({ data: this.types }),
    'userData:listPushRoles': () => ({ data: this.pushRoles }),
    'userDataSyncSources:list': () => ({ data: this.sources }),
    'userDataSyncSources:create': () => ({ data: {} }),
    'userDataSyncSources:update': () => ({ data: {} }),
    'userDataSyncSources:destroy': () => ({ data: 1 }),
    'userData:testConnection': () => ({ data: { message: '12 users' } }),
    'userData:pull': () => ({ data: { taskId: 1 } }),
    'userData:retry': () => ({ data: { taskId: 7 } }),
    'userData:retryFailed': () => ({ data: { taskId: 7 } }),
    'userData:approve': () => ({ data: { taskId: 7 } }),
    'userData:reject': () => ({ data: { taskId: 7 } }),
    'userData:runNow': () => ({ data: { taskId: 8 } }),
    'userData:purge': () => ({ data: { taskId: 8 } }),
    'userData:listChanges': ({ params }) => pageOf(this.changes, params),
    'userData:settings': () => ({ data: this.settings }),
    'userData:updateSettings': ({ data }) => ({ data }),
    'userData:disableUser': () => ({ data: {} }),
    'userData:enableUser': () => ({ data: {} }),
    'userDataSyncDisabledUsers:list': ({ params }) => pageOf(this.disabledUsers, params),
    'users:list': ({ params }) => pageOf(this.users, params),
    'userData:exportOutcomes': () => new Blob(['uid']),
    'userData:downloadPayload': () => new Blob(['{}']),
    'userDataSyncTasks:list': ({ params }) => pageOf(this.tasks, params),
    'userDataSyncTasks:get': ({ params }) => ({
      data: this.tasks.find(({ id }) => String(id) === String(params?.filterByTk)),
    }),
    'userDataSyncOutcomes:list': ({ params }) => pageOf(this.outcomes, params),
  };
}

function pageOf<T>(rows: readonly T[], { page = 1, pageSize = 20 }: Record<string, unknown> = {}) {
  const [number, size] = [page as number, pageSize as number];
  return { data: rows.slice((number - 1) * size, number * size), meta: { count: rows.length } };
}
