import { defineCollection } from '@nocobase/database';

/** Links of origin records to rows of targets. */
export default defineCollection({
  name: 'userDataSyncRecordsResources',
  migrationRules: ['schema-only', 'overwrite'],
  dataCategory: 'business',
  indexes: [{ unique: true, fields: ['recordId', 'resource', 'resourcePk'] }, { fields: ['resource', 'resourcePk'] }],
  fields: [
    { type: 'bigInt', name: 'recordId', interface: 'id' },
    { type: 'string', name: 'resource', allowNull: false, interface: 'select' },
    { type: 'string', name: 'resourcePk', interface: 'input' },
    { type: 'boolean', name: 'adopted' },
    { type: 'boolean', name: 'inactive' },
  ],
});
