import type { RequestConfig, SendRequest } from './host';
import type { Page } from './model';

/** Sends the page's calls and unpacks the answers. Calls fail with `PageError`, whose message can be shown. */
export class Transport {
  constructor(private readonly send: SendRequest) {}

  /** What stands below `data` of the answer. */
  async data<T>(config: RequestConfig): Promise<T> {
    return ((await this.call(config)) as { data: T }).data;
  }

  /** A page of rows, and how many there are in all. */
  async page<T>(url: string, params: Readonly<Record<string, unknown>>): Promise<Page<T>> {
    const { data, meta } = (await this.call({ url, params })) as { data: T[]; meta?: { count?: number } };
    return { rows: data, count: meta?.count ?? data.length };
  }

  async file(url: string, params: Readonly<Record<string, unknown>>): Promise<Blob> {
    return (await this.call({ url, params, responseType: 'blob' })) as Blob;
  }

  /** Changes something; what is answered below `data` is given back. */
  async post<T = unknown>(url: string, data: unknown, params?: Readonly<Record<string, unknown>>): Promise<T> {
    return this.data<T>({ url, method: 'post', data, ...(params ? { params } : {}) });
  }

  private async call(config: RequestConfig): Promise<unknown> {
    try {
      return (await this.send({ skipNotify: true, ...config })).data;
    } catch (error) {
      throw await explain(error);
    }
  }
}

/** What went wrong with a call, in words for a person; `code` and `status` are the server's, where it answered. */
export class PageError extends Error {
  constructor(
    message: string,
    readonly code?: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly errors?: readonly { readonly message?: string; readonly code?: string }[];
}

async function explain(error: unknown): Promise<PageError> {
  const { response } = error as { response?: { status?: number; data?: ErrorBody | Blob } };
  const answer = response?.data;
  const first = (answer instanceof Blob ? await readBody(answer) : answer)?.errors?.[0];
  const message = first?.message ?? (error instanceof Error ? error.message : String(error));
  return new PageError(message, first?.code, response?.status);
}

/** Who asks for a file gets the reason for a refusal as a file, too. */
async function readBody(answer: Blob): Promise<ErrorBody | undefined> {
  try {
    return JSON.parse(await answer.text()) as ErrorBody;
  } catch {
    return undefined;
  }
}
