import { KEPT_ACTIONS } from '../common/outcomes';
import { DATA_TYPES } from '../common/records';
import { TASK_MODES, TASK_TRIGGERS } from '../common/tasks';
import { failureResponses, failuresOf } from './errors';
import { answer, choice, closed, count, id, parameter, TAGS, text, time } from './parts';

const source = closed(
  'The source of the run; `null` when it was deleted.',
  { name: { type: 'string' }, displayName: text('Shown to administrators.') },
  { nullable: true },
);

const task = closed('The run.', {
  id: id('The task.'),
  sourceName: text('The name of the source; kept when the source is deleted. `null` in rows of earlier versions.'),
  trigger: choice('What started it.', ...TASK_TRIGGERS, null),
  mode: choice('As of the task.', ...TASK_MODES, null),
  startedAt: time('When its last attempt began.'),
  dryRun: { type: 'boolean', nullable: true, description: 'Never `true` here.' },
  source,
});

export const changeSchemas = {
  userDataChange: closed('What a run did with one record in one target.', {
    id: id('The outcome.'),
    taskId: id('The task.'),
    at: {
      type: 'string',
      format: 'date-time',
      nullable: true,
      description: 'When it was done. `null` in rows of earlier versions.',
    },
    task,
    target: { type: 'string', description: '`users`, `departments`, `memberships`, or a target of another plugin.' },
    dataType: choice('The type of the record. `null` in rows of earlier versions.', ...DATA_TYPES, null),
    uid: { type: 'string', description: 'The ID of the record in the source.' },
    name: text('The name of the record at that time.'),
    action: choice('What was done.', ...KEPT_ACTIONS),
    rowId: text('The row of the target, if there is one.'),
    code: text('Why it failed.'),
    params: { type: 'object', nullable: true, description: 'The values in the message.' },
    message: text('Why it failed, in the language of the request.'),
    changes: {
      type: 'object',
      nullable: true,
      description: 'Field → old and new value.',
      additionalProperties: { type: 'object', required: ['old', 'new'], properties: { old: {}, new: {} } },
    },
  }),
};

const example = {
  id: 411,
  taskId: 12,
  at: '2026-06-01T03:00:02.000Z',
  task: {
    id: 12,
    sourceName: 'api',
    trigger: 'push',
    mode: 'delta',
    startedAt: '2026-06-01T03:00:00.000Z',
    dryRun: false,
    source: { name: 'api', displayName: null },
  },
  target: 'users',
  dataType: 'user',
  uid: 'e-1',
  name: 'Ada',
  action: 'updated',
  rowId: '7',
  code: null,
  params: null,
  message: null,
  changes: { email: { old: 'a@example.com', new: 'b@example.com' } },
};

export const changePaths = {
  '/userData:listChanges': {
    get: {
      tags: TAGS,
      summary: 'List the changes made by synchronization',
      description: 'Of all tasks, newest first. Previews and blocked runs are not included.',
      parameters: [
        parameter(
          'search',
          'string',
          'A user by username, email or phone, or by a part of the nickname; or a record by its uid or a part of its name.',
          { maxLength: 255 },
          false,
        ),
        parameter('rowId', 'integer', 'Only changes of this user, by the id of the row.', {}, false),
        parameter(
          'dataType',
          'string',
          'With `rowId`: whether that is the row of a user (the default) or of a department.',
          { enum: [...DATA_TYPES] },
          false,
        ),
        parameter('page', 'integer', 'Default: 1.', { minimum: 1, maximum: 1000000 }, false),
        parameter('pageSize', 'integer', 'Default: 20.', { minimum: 1, maximum: 200 }, false),
      ],
      responses: {
        200: answer(
          'A page of changes.',
          { type: 'array', items: { $ref: '#/components/schemas/userDataChange' } },
          [example],
          {
            schema: closed('', {
              count: count('The total number.', 0),
              page: count('This page.'),
              pageSize: count('Its size.'),
            }),
            example: { count: 1, page: 1, pageSize: 20 },
          },
        ),
        ...failureResponses(failuresOf.listChanges),
      },
    },
  },
};
