import { API_SOURCE_TYPE } from '../../common/sources';
import { SyncError } from '../errors';
import { readStoredRules } from './parse-rules';
import type { SyncSourceModel } from './source-model';

/** A client that pushes over HTTP. */
export interface HttpPusher {
  /** Names of the roles of the request that may push. */
  readonly roles: readonly string[];
  /** Whether the roles of the request may configure sources: then they may push to all, and make new ones. */
  readonly mayConfigure: boolean;
}

/** Where a push comes from. Code in this process may push for every source. */
export type Pusher = 'in-process' | HttpPusher;

/**
 * Fails with `PUSH_NOT_ALLOWED` unless the rules of a source name one of the roles. The answer is the same for a source
 * that does not exist or does not take pushes: a role that may only push learns nothing about other sources.
 */
export function requirePushRole(source: SyncSourceModel | null, name: string, { roles }: HttpPusher): void {
  const allowed = source?.sourceType === API_SOURCE_TYPE ? readStoredRules(source.rules).push.roles : [];
  if (!roles.some((role) => allowed.includes(role)))
    throw new SyncError('PUSH_NOT_ALLOWED', { role: roles.join(', '), source: name });
}
