import { defineCollection } from '@nocobase/database';

/**
 * Who disabled a user, and when: a run of a source, or a person. Without a row the user is enabled. Backups and
 * migrations treat it as they treat the users themselves.
 */
export default defineCollection({
  name: 'userDataSyncDisabledUsers',
  dumpRules: { group: 'user' },
  migrationRules: ['schema-only', 'overwrite'],
  dataCategory: 'business',
  shared: true,
  createdAt: false,
  updatedAt: false,
  logging: false,
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false },
    { type: 'belongsTo', name: 'user', target: 'users', foreignKey: 'userId', onDelete: 'CASCADE' },
    { type: 'date', name: 'disabledAt', allowNull: false },
    { type: 'string', name: 'cause', allowNull: false },
    { type: 'string', name: 'sourceName' },
    { type: 'belongsTo', name: 'task', target: 'userDataSyncTasks', foreignKey: 'taskId' },
    { type: 'belongsTo', name: 'disabledBy', target: 'users', foreignKey: 'disabledById' },
  ],
  indexes: [{ unique: true, fields: ['userId'] }],
});
