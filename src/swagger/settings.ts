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
  outcomeDays: whole('outcomeDays', 'So long it is kept what became of each record of a run.'),
  taskDays: whole('taskDays', 'So long tasks are kept, with everything about them.'),
  userLimit: { ...whole('userLimit', 'So many users may be enabled. `null`: as many as there are.'), nullable: true },
  removalWindowHours: whole('removalWindowHours', 'So far back the safeguard counts what a source has removed.'),
  heldDays: whole('heldDays', 'So long a run that is held from now on waits for a decision.'),
};

export const settingsSchemas = { userDataSettings: closed('What holds for all sources.', properties) };

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
      description: 'A setting that is absent stays as it is.',
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
