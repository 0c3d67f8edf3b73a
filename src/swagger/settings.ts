import { failureResponses, failuresOf } from './errors';
import { answer, body, TAGS } from './parts';

const settings = { $ref: '#/components/schemas/userDataSettings' };
const example = { outcomeDays: 90, taskDays: 365, userLimit: null, removalWindowHours: 24, heldDays: 30 };

const properties = {
  outcomeDays: {
    type: 'integer',
    minimum: 1,
    maximum: 36500,
    description: 'So long it is kept what became of each record of a run. Default: 90.',
  },
  taskDays: {
    type: 'integer',
    minimum: 1,
    maximum: 36500,
    description: 'So long tasks are kept, with everything about them. Default: 365.',
  },
  userLimit: {
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 10000000,
    description: 'So many users may be enabled. `null`: as many as there are.',
  },
  removalWindowHours: {
    type: 'integer',
    minimum: 1,
    maximum: 720,
    description: 'So far back the safeguard counts what a source has removed. Default: 24.',
  },
  heldDays: {
    type: 'integer',
    minimum: 1,
    maximum: 365,
    description: 'So long a run that is held from now on waits for a decision. Default: 30.',
  },
};

export const settingsSchemas = {
  userDataSettings: {
    type: 'object',
    description: 'What holds for all sources.',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  },
};

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
