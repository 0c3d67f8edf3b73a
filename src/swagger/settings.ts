import { DEFAULT_SETTINGS as example, MAX_SETTINGS, type Settings } from '../common/settings';
import { failureResponses, failuresOf } from './errors';
import { answer, body, closed, TAGS } from './parts';

const settings = { $ref: '#/components/schemas/userDataSettings' };

const whole = (name: keyof Settings, description: string) => ({
  type: 'integer',
  minimum: 1,
  maximum: MAX_SETTINGS[name],
  description: `${description} Default: ${example[name]}.`,
});

const properties: Record<keyof Settings, object> = {
  outcomeDays: whole('outcomeDays', 'How long the record details of a run are kept.'),
  taskDays: whole('taskDays', 'How long tasks and all their data are kept.'),
  userLimit: { ...whole('userLimit', 'The maximum number of enabled users. `null`: no limit.'), nullable: true },
  removalWindowHours: whole('removalWindowHours', 'The period over which the safeguard counts removals of a source.'),
  heldDays: whole('heldDays', 'How long a run that needs approval waits for it.'),
};

export const settingsSchemas = { userDataSettings: closed('Settings for all sources.', properties) };

export const settingsPaths = {
  '/userData:settings': {
    get: {
      tags: TAGS,
      summary: 'Read the settings',
      responses: { 200: answer('The settings.', settings, example), ...failureResponses(failuresOf.settings) },
    },
  },
  '/userData:updateSettings': {
    post: {
      tags: TAGS,
      summary: 'Change the settings',
      description: 'Absent settings are not changed.',
      requestBody: body(
        { type: 'object', additionalProperties: false, properties },
        {
          all: { summary: 'All settings', value: { ...example, userLimit: 500 } },
          one: { summary: 'One of them', value: { userLimit: null } },
        },
      ),
      responses: {
        200: answer('The settings as they are now.', settings, example),
        ...failureResponses(failuresOf.updateSettings),
      },
    },
  },
};
