/** The plugins of the host that this plugin lives with, by their short names. */
const HOST_PLUGINS = /** @type {const} */ ([
  'error-handler',
  'field-sort',
  'data-source-main',
  'data-source-manager',
  'system-settings',
  'collection-tree',
  'ui-schema-storage',
  'auth',
  'user-data-sync',
  'users',
  'acl',
  'departments',
  'api-keys',
]);

module.exports = { HOST_PLUGINS };
