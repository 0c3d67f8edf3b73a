import type { Database, Model } from '@nocobase/database';
import { unfenced } from '../database/transaction';
import { afterCommit, type Complain } from './after-commit';

/** What happened to a row. */
export type RowEvent = 'create' | 'update' | 'destroy';

/** Workflows listen to the events of a collection, audit logs to those of all collections. */
const eventNames: Record<RowEvent, (collectionName: string) => readonly string[]> = {
  create: (name) => [`${name}.afterCreateWithAssociations`, 'afterCreate'],
  update: (name) => [`${name}.afterUpdateWithAssociations`, 'afterUpdate'],
  destroy: (name) => [`${name}.afterDestroy`, 'afterDestroy'],
};

/** The host's own listeners (2.2.15) to these events, by the plugin that has them; `database` is always there. */
const hostListeners: Readonly<Record<string, string>> = {
  'users.afterCreateWithAssociations': 'acl',
  'users.afterDestroy': 'auth',
  'departments.afterDestroy': 'collection-tree',
  afterCreate: 'database',
  afterUpdate: 'database',
};

/**
 * Announces rows that were written in bulk to the listeners of other plugins. What the host's own listeners would do
 * has been done in bulk already, so without a workflow or an audit log nothing is announced, and it costs nothing.
 */
export class HostEvents {
  constructor(
    private readonly db: Database,
    /** Whether a plugin of the host runs in this application. */
    private readonly isEnabled: (plugin: string) => boolean,
    private readonly complain: Complain,
  ) {}

  /** Whether there are listeners for such rows. */
  isAwaited(collectionName: string, event: RowEvent): boolean {
    return this.awaited(collectionName, event).length > 0;
  }

  /** Announces each row, after the transaction that wrote it. `update` wants instances on which the changes were `set`. */
  async announce(collectionName: string, event: RowEvent, rows: readonly Model[]): Promise<void> {
    const steps = this.awaited(collectionName, event).flatMap((name) =>
      rows.map((row) => async () => void (await this.db.emitAsync(name, row, { context: {}, hooks: true }))),
    );
    // What listeners write is theirs, whatever has become of the run.
    await unfenced(() => afterCommit(this.complain, steps));
  }

  private awaited(collectionName: string, event: RowEvent): string[] {
    return eventNames[event](collectionName).filter((name) => this.db.listenerCount(name) > this.ownListeners(name));
  }

  private ownListeners(event: string): number {
    const plugin = hostListeners[event];
    return plugin !== undefined && (plugin === 'database' || this.isEnabled(plugin)) ? 1 : 0;
  }
}
