import { extendCollection } from '@nocobase/database';

/**
 * Shows in lists who is disabled, and decides nothing: that does `userDataSyncDisabledUsers`. Written only by
 * `disabled-users`.
 */
export default extendCollection({
  name: 'users',
  fields: [
    {
      type: 'boolean',
      name: 'isDisabled',
      defaultValue: false,
      interface: 'checkbox',
      uiSchema: {
        type: 'boolean',
        title: '{{t("user.disabled", { ns: "nocobase-plugin-user-data-sync" })}}',
        'x-component': 'Checkbox',
        'x-read-pretty': true,
      },
    },
  ],
});
