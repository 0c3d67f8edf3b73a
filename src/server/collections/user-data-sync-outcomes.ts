import { defineCollection } from '@nocobase/database';

/** What became of each record that was not simply unchanged, by task and attempt. */
export default defineCollection({
  name: 'userDataSyncOutcomes',
  title: '{{t("Sync outcomes")}}',
  dumpRules: { group: 'third-party' },
  migrationRules: ['schema-only'],
  dataCategory: 'business',
  shared: true,
  createdAt: false,
  updatedAt: false,
  logging: false,
  indexes: [
    { fields: ['taskId', 'attempt'] },
    { fields: ['uid'] },
    { fields: ['rowId'] },
    { fields: ['countedFor', 'at'] },
  ],
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false },
    { type: 'belongsTo', name: 'task', target: 'userDataSyncTasks', foreignKey: 'taskId', allowNull: false },
    { type: 'integer', name: 'attempt', allowNull: false },
    { type: 'string', name: 'target', allowNull: false },
    { type: 'string', name: 'dataType' },
    { type: 'string', name: 'kind' },
    { type: 'boolean', name: 'held' },
    { type: 'date', name: 'at' },
    { type: 'string', name: 'uid', allowNull: false },
    { type: 'string', name: 'name' },
    { type: 'string', name: 'action', allowNull: false },
    { type: 'string', name: 'rowId' },
    { type: 'string', name: 'code' },
    { type: 'json', name: 'params' },
    { type: 'text', name: 'message' },
    { type: 'json', name: 'changes' },
    // Of removals that were not approved: the source whose safeguard counts them, and whether the row was there before.
    { type: 'bigInt', name: 'countedFor', hidden: true },
    { type: 'boolean', name: 'adopted', hidden: true },
  ],
});
