import { defineCollection } from '@nocobase/database';

/** What was delivered to runs that wait for somebody, so that they can go on without asking again: encrypted, in parts. */
export default defineCollection({
  name: 'userDataSyncHeldDeliveries',
  migrationRules: ['schema-only'],
  dataCategory: 'business',
  shared: true,
  createdAt: true,
  updatedAt: false,
  logging: false,
  indexes: [{ unique: true, fields: ['taskId', 'position'] }, { fields: ['sourceId'] }],
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false },
    { type: 'bigInt', name: 'taskId', allowNull: false },
    { type: 'integer', name: 'position', allowNull: false },
    { type: 'bigInt', name: 'sourceId' },
    { type: 'integer', name: 'size' },
    { type: 'text', name: 'content', length: 'long', allowNull: false },
  ],
});
