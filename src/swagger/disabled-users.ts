import { DISABLE_CAUSES } from '../common/outcomes';
import { exposedOf, type Exposed } from '../server/actions/resources/exposed-fields';
import { failure, failureResponses, failuresOf } from './errors';
import {
  answer,
  body,
  choice,
  closed,
  id,
  idOrNull,
  listParameters,
  pageMeta,
  person,
  TAGS,
  text,
  time,
} from './parts';

const exposed = exposedOf('userDataSyncDisabledUsers') as Exposed;

const properties = {
  id: id('The row.'),
  userId: id('The user.'),
  disabledAt: { type: 'string', format: 'date-time' },
  cause: choice(
    '`sync`: disabled by a run, which enables the user when delivered again. `hand`: disabled by a person; only a person can enable the user.',
    ...DISABLE_CAUSES,
  ),
  sourceName: text('The source whose run did it.'),
  taskId: idOrNull('The run that did it.'),
  disabledById: idOrNull('The person who did it.'),
};

export const disabledUserSchemas = {
  userDataDisabledUser: closed(
    'A user that cannot sign in.',
    {
      ...properties,
      user: person('With `appends=user`.'),
      disabledBy: person('With `appends=disabledBy`.'),
      task: closed(
        'With `appends=task`.',
        { id: id('The task.'), trigger: text(''), mode: text(''), status: text(''), startedAt: time('') },
        { nullable: true },
      ),
    },
    { required: Object.keys(properties) },
  ),
};

const example = {
  id: 9,
  userId: 42,
  disabledAt: '2026-06-01T03:00:00.000Z',
  cause: 'sync',
  sourceName: 'hr',
  taskId: 14,
  disabledById: null,
  user: { id: 42, nickname: 'Ada Lovelace', username: 'ada' },
};

const userBody = body(closed('', { userId: id('The user.') }), {
  example: { summary: 'An example', value: { userId: 42 } },
});
const nothing = closed('Nothing.', {});

export const disabledUserPaths = {
  '/userData:disableUser': {
    post: {
      tags: TAGS,
      summary: 'Disable a user manually',
      description:
        'The user can no longer sign in, and sessions and API keys stop working. Runs do not enable this user again.',
      requestBody: userBody,
      responses: { 200: answer('Disabled.', nothing, {}), ...failureResponses(failuresOf.disableUser) },
    },
  },
  '/userData:enableUser': {
    post: {
      tags: TAGS,
      summary: 'Enable a user',
      description: 'No matter whether a person or a run disabled the user.',
      requestBody: userBody,
      responses: { 200: answer('Enabled.', nothing, {}), ...failureResponses(failuresOf.enableUser) },
    },
  },
  '/userDataSyncDisabledUsers:list': {
    get: {
      tags: TAGS,
      summary: 'List disabled users',
      parameters: listParameters(exposed),
      responses: {
        200: answer(
          'A page of disabled users.',
          { type: 'array', items: { $ref: '#/components/schemas/userDataDisabledUser' } },
          [example],
          pageMeta,
        ),
        400: failure(400),
        401: failure(401),
        403: failure(403),
      },
    },
  },
};
