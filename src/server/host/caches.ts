import type { Cache } from '@nocobase/cache';
import { inSlices } from '../database/slices';
import type { PrimaryKey } from '../model/primary-key';
import { afterCommit, type Complain } from './after-commit';

/** The part of the host's cache that is needed to drop entries. */
export interface HostCache extends Pick<Cache, 'mdel'> {
  readonly complain: Complain;
}

const KEYS_PER_CALL = 1000;
const USER_PREFIX = 'auth:';

/** Drops what the host remembers about users: who they are, their roles, their departments. */
export async function forgetUsers(cache: HostCache, userIds: Iterable<PrimaryKey>): Promise<void> {
  await drop(cache, userIds, (id) => [
    `${USER_PREFIX}${id}`,
    `roles:${id}`,
    `roles:${id}:defaultRole`,
    `departments:${id}`,
  ]);
}

/** Drops what the host remembers about the departments that users are in: titles, parents, owners and roles included. */
export async function forgetDepartmentsOf(cache: HostCache, userIds: Iterable<PrimaryKey>): Promise<void> {
  await drop(cache, userIds, (id) => [`${USER_PREFIX}${id}`, `departments:${id}`]);
}

/** The users whom the host does not remember any more after these entries have been dropped. */
export function forgottenUserIds(keys: readonly string[]): string[] {
  return keys.flatMap((key) => (key.startsWith(USER_PREFIX) ? [key.slice(USER_PREFIX.length)] : []));
}

async function drop(cache: HostCache, ids: Iterable<PrimaryKey>, keysOf: (id: PrimaryKey) => string[]): Promise<void> {
  const keys = [...new Set(ids)].flatMap(keysOf);
  const steps = [...inSlices(keys, KEYS_PER_CALL)].map((slice) => () => cache.mdel(...slice));
  await afterCommit(cache.complain, steps);
}
