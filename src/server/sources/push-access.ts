import { SyncError } from '../errors';
import { API_SOURCE_TYPE } from './api-source';
import { rulesOf } from './parse-rules';
import type { SyncSourceModel } from './source-model';

/** Somebody who pushes over HTTP. */
export interface HttpPusher {
  /** Names of the roles of the request that may push. */
  readonly roles: readonly string[];
  /** Whether the roles of the request may configure sources: then they may push to all, and make new ones. */
  readonly mayConfigure: boolean;
}

/** Who pushes. Code in this process may push for every source. */
export type Pusher = 'in-process' | HttpPusher;

/**
 * Fails with `PUSH_NOT_ALLOWED` unless the rules of a source name one of the roles. The answer is the same for a source
 * that is not there or does not take pushes: who may only push learns nothing about other sources.
 */
export function requirePushRole(source: SyncSourceModel | null, name: string, { roles }: HttpPusher): void {
  const allowed = source?.sourceType === API_SOURCE_TYPE ? rulesOf(source.rules).push.roles : [];
  if (!roles.some((role) => allowed.includes(role)))
    throw new SyncError('PUSH_NOT_ALLOWED', { role: roles.join(', '), source: name });
}
