import type { Database } from '@nocobase/database';
import { DEFAULT_SETTINGS, type Settings } from '../../common/settings';
import { inTransaction } from '../database/transaction';

/** Keeps the settings, in `userDataSyncSettings`. */
export class SettingsStore {
  constructor(private readonly db: Database) {}

  async read(): Promise<Settings> {
    const row = (await this.model.findOne({ order: ['id'], raw: true })) as Partial<Settings> | null;
    return {
      outcomeDays: row?.outcomeDays ?? DEFAULT_SETTINGS.outcomeDays,
      taskDays: row?.taskDays ?? DEFAULT_SETTINGS.taskDays,
      userLimit: row?.userLimit ?? DEFAULT_SETTINGS.userLimit,
      removalWindowHours: row?.removalWindowHours ?? DEFAULT_SETTINGS.removalWindowHours,
      heldDays: row?.heldDays ?? DEFAULT_SETTINGS.heldDays,
    };
  }

  async save(settings: Settings): Promise<void> {
    await inTransaction(this.db, async (transaction) => {
      const row = await this.model.findOne({ order: ['id'], transaction });
      if (row) await row.update({ ...settings }, { transaction });
      else await this.model.create({ ...settings }, { transaction });
    });
  }

  private get model() {
    return this.db.getModel('userDataSyncSettings');
  }
}
