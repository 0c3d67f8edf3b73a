import type { Database, Model } from '@nocobase/database';
import type { RowUpdate } from '../database/update-rows';
import type { HostEvents } from './events';

/** Rows as they are before an update, for listeners that compare old and new values. */
export interface UpdateAnnouncement {
  /** Tells the listeners; to be called after the commit. */
  send(): Promise<void>;
}

/**
 * Loads the rows that are about to change, when somebody listens to their changes, so that listeners get instances
 * that know their old and new values, as from an ordinary update. Nothing is read when nobody listens.
 */
export async function prepareUpdates(
  db: Database,
  events: HostEvents,
  collectionName: string,
  updates: readonly RowUpdate[],
): Promise<UpdateAnnouncement> {
  if (updates.length === 0 || !events.isAwaited(collectionName, 'update')) return { send: async () => {} };
  const rows = await db.getModel<Model>(collectionName).findAll({ where: { id: updates.map(({ id }) => id) } });
  const values = new Map(updates.map((update) => [String(update.id), update.values]));
  return {
    async send() {
      for (const row of rows) {
        row.set({ ...values.get(String(row.get('id'))) });
        row.toChangedWithAssociations();
      }
      await events.announce(collectionName, 'update', rows);
    },
  };
}
