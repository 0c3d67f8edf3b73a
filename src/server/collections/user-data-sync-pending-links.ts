import { defineCollection } from '@nocobase/database';

/** Links that cannot be made yet: a record and the uid of the department of its source that it waits for. */
export default defineCollection({
  name: 'userDataSyncPendingLinks',
  migrationRules: ['schema-only'],
  dataCategory: 'business',
  shared: true,
  createdAt: true,
  updatedAt: false,
  indexes: [{ unique: true, fields: ['recordId', 'awaits'] }, { fields: ['sourceName', 'awaits'] }],
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false },
    { type: 'string', name: 'sourceName', allowNull: false },
    { type: 'bigInt', name: 'recordId', allowNull: false },
    { type: 'string', name: 'awaits', allowNull: false },
  ],
});
