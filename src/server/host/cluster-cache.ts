import type { Cache } from '@nocobase/cache';
import { inSlices } from '../database/slices';
import type { Complain } from './after-commit';
import type { HostCache } from './caches';

/** What a node tells the others: that entries of the host's cache are outdated. */
export interface ForgetMessage {
  readonly type: 'forget';
  readonly keys: readonly string[];
}

/** What is needed to reach the host's cache on this node and on the others. */
export interface ClusterCacheDeps {
  cache(): Pick<Cache, 'mdel'>;
  /** Without a bus between nodes there is nobody to tell, and the host would warn about each message. */
  hasBus(): Promise<boolean>;
  send(message: ForgetMessage): Promise<void>;
  /** Called on each node with the entries that were dropped there. */
  dropped(keys: readonly string[]): Promise<void>;
  readonly complain: Complain;
}

/** Messages go through systems that limit their size, PostgreSQL's NOTIFY to 8,000 bytes. */
const KEYS_PER_MESSAGE = 200;

/**
 * The host's cache on all nodes. Each node keeps users in memory, without a limit of time, unless the installation has a
 * cache that all of them share: what one node drops, the others have to drop as well.
 */
export class ClusterCache implements HostCache {
  constructor(private readonly deps: ClusterCacheDeps) {}

  get complain(): Complain {
    return this.deps.complain;
  }

  /** Drops entries here and tells the other nodes. */
  async mdel(...keys: string[]): Promise<void> {
    await this.deps.cache().mdel(...keys);
    if (await this.deps.hasBus())
      for (const slice of inSlices(keys, KEYS_PER_MESSAGE)) await this.deps.send({ type: 'forget', keys: slice });
    await this.deps.dropped(keys);
  }

  /** Drops what another node has dropped. Messages of other versions of this plugin are left alone. */
  async receive(message: unknown): Promise<void> {
    if (!isForgetMessage(message) || message.keys.length === 0) return;
    await this.deps.cache().mdel(...message.keys);
    await this.deps.dropped(message.keys);
  }
}

function isForgetMessage(message: unknown): message is ForgetMessage {
  const { type, keys } = (message ?? {}) as Partial<ForgetMessage>;
  return type === 'forget' && Array.isArray(keys) && keys.every((key) => typeof key === 'string');
}
