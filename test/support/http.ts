import type { Response } from 'supertest';
import type { TestApp } from './app';

/** What a push answers, as far as tests look at it. */
export interface PushBody {
  data: {
    code: number;
    message: string;
    taskId: number;
    result: {
      resource: string;
      detail: {
        count: Record<string, number>;
        failedRecords: { record: Record<string, unknown>; code: string; message: string }[];
        warnings: { code: string; message: string; count: number; uids: string[] }[];
      };
    }[];
  };
}

/** The first error of an answer. */
export interface ErrorBody {
  errors: { code: string; message: string }[];
}

/** Requests of one person or API key; without a token nobody's. */
export class Caller {
  constructor(
    private readonly host: TestApp,
    readonly token?: string,
  ) {}

  async get(path: string): Promise<Response> {
    return this.signed(this.host.http.get(path));
  }

  async post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const request = this.host.http.post(path).set(headers);
    return this.signed(request).send(body as object);
  }

  /** A body as it is, which need not be JSON. */
  async postText(path: string, text: string, type = 'application/json'): Promise<Response> {
    return this.signed(this.host.http.post(path).set('Content-Type', type)).send(text);
  }

  async push(body: unknown, headers?: Record<string, string>): Promise<Response> {
    return this.post('/api/userData:push', body, headers);
  }

  private signed<R extends { set(name: string, value: string): R }>(request: R): R {
    return this.token === undefined ? request : request.set('Authorization', `Bearer ${this.token}`);
  }
}

/** What a push did to users (or whatever its first target is). */
export function detailOf(response: Response, resource?: string) {
  const { result } = (response.body as PushBody).data;
  const found = resource === undefined ? result[0] : result.find((one) => one.resource === resource);
  return (found as (typeof result)[number]).detail;
}

/** The error that a request was answered with. */
export function errorOf(response: Response) {
  return (response.body as ErrorBody).errors[0];
}
