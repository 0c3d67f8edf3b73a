import { extendCollection } from '@nocobase/database';

/** Whether the user may sign in. Written only by `disabled-users`; who did it, and when, is in `userDataSyncDisabledUsers`. */
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
        title: '{{t("user.disabled", { ns: "@nocobase/plugin-user-data-sync" })}}',
        'x-component': 'Checkbox',
        'x-read-pretty': true,
      },
    },
  ],
});
