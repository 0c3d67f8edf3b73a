import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sqlite3 from 'sqlite3';

/** The host that all end-to-end tests look at. */
export interface Host {
  readonly url: string;
  readonly storagePath: string;
  /** The administrator's. */
  readonly token: string;
  /** Where the browser listens. */
  readonly browser: string;
}

const described = process.env.USER_DATA_SYNC_TEST_HOST;

/** Without a browser the tests are left out; the setup has said so and how to get one. */
export function describeInBrowser(name: string, tests: () => void): void {
  (described ? describe : describe.skip)(name, tests);
}

export function host(): Host {
  if (!described) throw new Error('There is no host: these tests are left out.');
  return JSON.parse(described) as Host;
}

const BOTH_CLIENTS = [
  { client: 'legacy', base: '' },
  { client: 'modern', base: '/v' },
] as const;

export type Client = (typeof BOTH_CLIENTS)[number];

/**
 * The host's clients that are looked at: the legacy one and the modern one. They share one page, so that the modern one
 * alone says most of it in half of the time; both are looked at where everything has to hold.
 */
export const CLIENTS: readonly Client[] = process.env.CI
  ? BOTH_CLIENTS
  : BOTH_CLIENTS.filter(({ client }) => client === 'modern');

/** Puts a file where a source of type `file` reads it, by its path below that folder. */
export function writeSourceFile(name: string, lines: readonly string[]): void {
  const file = path.join(host().storagePath, 'user-data-sync', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

/** The options of a source as they are in the database; there are none when there is no such source. */
export async function storedOptions(name: string): Promise<Record<string, unknown> | undefined> {
  const file = path.join(host().storagePath, 'db', 'nocobase.sqlite');
  const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY);
  try {
    const row = await new Promise<{ options: string } | undefined>((resolve, reject) => {
      const query = 'SELECT options FROM userDataSyncSources WHERE name = ?';
      database.get<{ options: string }>(query, name, (error, found) => (error ? reject(error) : resolve(found)));
    });
    return row && (JSON.parse(row.options) as Record<string, unknown>);
  } finally {
    database.close();
  }
}

/** The API key that the host has made for trying out pushes. */
export function pushKey(): string {
  return readFileSync(path.join(host().storagePath, 'demo-api-key'), 'utf8').trim();
}

export async function signIn(url: string, account: string, password: string): Promise<string> {
  const { token } = await send<{ token: string }>(`${url}/api/auth:signIn`, { account, password });
  return token;
}

/** Calls an action as the administrator, or with a token of one's own. */
export async function call<T>(action: string, body: unknown, token = host().token): Promise<T> {
  return send<T>(`${host().url}/api/${action}`, body, token);
}

/** Adds an enabled source that reads people from a file: everybody there is when it is `full`. */
export async function addFileSource(
  name: string,
  file: string,
  displayName = name,
  mode: 'delta' | 'full' = 'delta',
): Promise<void> {
  const options = { matchKey: 'username', mode, users: { path: file } };
  await call('userDataSyncSources:create', { name, displayName, sourceType: 'file', enabled: true, options });
}

async function send<T>(url: string, body: unknown, token?: string): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token ? { Authorization: `Bearer ${token}` } : { 'X-Authenticator': 'basic' }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { data: T }).data;
}
