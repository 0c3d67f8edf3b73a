import type { Database } from '@nocobase/database';
import { inTransaction } from '../database/transaction';

/** What holds for all sources. */
export interface Settings {
  /** So long it is kept what became of each record of a run, in days. */
  readonly outcomeDays: number;
  /** So long tasks are kept, in days. */
  readonly taskDays: number;
  /** So many users may be enabled; `null` for as many as there are. */
  readonly userLimit: number | null;
  /** So far back the safeguard counts what a source has removed, in hours. */
  readonly removalWindowHours: number;
  /** So long a run that is held waits for a decision, in days. */
  readonly heldDays: number;
}

export const DEFAULT_SETTINGS: Settings = {
  outcomeDays: 90,
  taskDays: 365,
  userLimit: null,
  removalWindowHours: 24,
  heldDays: 30,
};

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
