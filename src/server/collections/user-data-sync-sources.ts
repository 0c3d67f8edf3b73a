import { defineCollection } from '@nocobase/database';

/** Configured sources. `options` never leaves the server as it is stored: see `sources/option-secrets.ts`. */
export default defineCollection({
  name: 'userDataSyncSources',
  title: '{{t("Sync sources")}}',
  dumpRules: { group: 'third-party' },
  migrationRules: ['overwrite', 'schema-only'],
  dataCategory: 'system',
  shared: true,
  sortable: true,
  model: 'SyncSourceModel',
  createdBy: true,
  updatedBy: true,
  logging: true,
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false, interface: 'id' },
    { type: 'string', name: 'name', allowNull: false, unique: true, interface: 'input' },
    { type: 'string', name: 'sourceType', allowNull: false, interface: 'input' },
    { type: 'string', name: 'displayName', interface: 'input', translation: true },
    { type: 'boolean', name: 'enabled', defaultValue: false },
    { type: 'json', name: 'options', allowNull: false, defaultValue: {}, hidden: true },
    { type: 'json', name: 'rules' },
    { type: 'hasMany', name: 'tasks', target: 'userDataSyncTasks', sourceKey: 'id', foreignKey: 'sourceId' },
  ],
});
