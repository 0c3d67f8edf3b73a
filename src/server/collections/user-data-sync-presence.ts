import { defineCollection } from '@nocobase/database';

/** Until when this plugin was in charge; one row at most, with the id 1. See `in-place/absence.ts`. */
export default defineCollection({
  name: 'userDataSyncPresence',
  migrationRules: ['schema-only'],
  dataCategory: 'system',
  shared: true,
  createdAt: false,
  updatedAt: false,
  fields: [
    { type: 'bigInt', name: 'id', primaryKey: true, allowNull: false },
    { type: 'date', name: 'inChargeUntil' },
  ],
});
