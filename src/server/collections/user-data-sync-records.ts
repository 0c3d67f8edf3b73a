import { defineCollection } from '@nocobase/database';

/** Origin records: what each source last said about each of its records. */
export default defineCollection({
  name: 'userDataSyncRecords',
  dumpRules: { group: 'third-party' },
  migrationRules: ['schema-only', 'overwrite'],
  dataCategory: 'business',
  shared: true,
  createdAt: true,
  updatedAt: true,
  logging: true,
  indexes: [{ unique: true, fields: ['sourceName', 'dataType', 'sourceUk'] }],
  fields: [
    { type: 'bigInt', name: 'id', autoIncrement: true, primaryKey: true, allowNull: false, interface: 'id' },
    { type: 'string', name: 'sourceName', allowNull: false, interface: 'input' },
    { type: 'string', name: 'sourceUk', allowNull: false, interface: 'input' },
    { type: 'string', name: 'dataType', allowNull: false, interface: 'select' },
    {
      type: 'hasMany',
      name: 'resources',
      target: 'userDataSyncRecordsResources',
      sourceKey: 'id',
      foreignKey: 'recordId',
    },
    { type: 'json', name: 'metaData' },
    { type: 'json', name: 'lastMetaData' },
  ],
});
