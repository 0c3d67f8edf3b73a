/** This plugin's package. NocoBase calls the plugin by the same name, and offers the package's texts under it. */
export const OWN_PACKAGE = 'nocobase-plugin-user-data-sync';

/** The plugin that NocoBase brings along, by the names under which other plugins know it. */
export const BUILT_IN_NAME = 'user-data-sync';
export const BUILT_IN_PACKAGE = '@nocobase/plugin-user-data-sync';
