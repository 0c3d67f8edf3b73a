import type { Model } from '@nocobase/database';
import { SyncError } from '../errors';
import type { ActionContext } from './context';

export const DISABLED_USERS = 'userDataSyncDisabledUsers';

const OWN = ['id', 'userId', 'disabledAt', 'cause', 'sourceName', 'taskId', 'disabledById'];
/** What may be known of an appended row. Who looks here need not have any permission for users. */
const APPENDED: Readonly<Record<string, readonly string[]>> = {
  user: ['id', 'nickname', 'username', 'email'],
  disabledBy: ['id', 'nickname', 'username', 'email'],
  task: ['id', 'trigger', 'mode', 'status', 'startedAt'],
};
const WORDS = new Set([...OWN, ...Object.keys(APPENDED), ...Object.values(APPENDED).flat()]);

/** Asking for rows by what hidden fields contain (`user.password`) would tell those fields bit by bit. */
export function checkDisabledUsersQuery({ action: { params } }: ActionContext): void {
  for (const name of ['filter', 'sort']) {
    if (!isKnown(params[name])) throw new SyncError('INVALID_REQUEST', { path: name, expected: 'disabledUserFields' });
  }
}

function isKnown(query: unknown, isKey = true): boolean {
  if (typeof query === 'string') return !isKey || query.split(/[.,]/).every(isWord);
  if (Array.isArray(query)) return query.every((item) => isKnown(item, isKey));
  if (typeof query !== 'object' || query === null) return true;
  return Object.entries(query).every(([key, value]) => isKnown(key) && isKnown(value, false));
}

/** A field, in a sort perhaps with its direction before it, or an operator. */
const isWord = (segment: string) => segment.startsWith('$') || WORDS.has(segment.replace(/^-/, ''));

/** The rows with what may be shown of them. */
export function presentDisabledUsers(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(presentDisabledUsers);
  if (typeof body !== 'object' || body === null) return body;
  if ('rows' in body) return { ...body, rows: presentDisabledUsers(body.rows) };
  const row = plain(body);
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => OWN.includes(name) || name in APPENDED)
      .map(([name, value]) => [name, name in APPENDED ? only(APPENDED[name], value) : value]),
  );
}

function only(names: readonly string[], value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(plain(value)).filter(([name]) => names.includes(name)));
}

function plain(value: object): object {
  return 'toJSON' in value ? (value as Model).toJSON() : value;
}
