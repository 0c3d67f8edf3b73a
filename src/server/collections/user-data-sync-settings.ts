import { defineCollection } from '@nocobase/database';

/** What holds for all sources; one row at most. See `settings`. */
export default defineCollection({
  name: 'userDataSyncSettings',
  migrationRules: ['overwrite', 'schema-only'],
  dataCategory: 'system',
  shared: true,
  createdAt: false,
  updatedAt: true,
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false },
    { type: 'integer', name: 'outcomeDays' },
    { type: 'integer', name: 'taskDays' },
    { type: 'integer', name: 'userLimit' },
    { type: 'integer', name: 'removalWindowHours' },
    { type: 'integer', name: 'heldDays' },
  ],
});
