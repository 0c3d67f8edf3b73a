import { OUTCOME_ACTIONS, OUTCOME_KINDS } from '../common/outcomes';
import { DATA_TYPES } from '../common/records';
import { TASK_MODES, TASK_STATUSES, TASK_TRIGGERS } from '../common/tasks';
import { exposedOf, type Exposed } from '../server/actions/resources/exposed-fields';
import { failure } from './errors';
import {
  answer,
  choice,
  closed,
  count,
  id,
  idOrNull,
  listParameters,
  pageMeta,
  parameter,
  person,
  selectionParameters,
  TAGS,
  text,
  time,
} from './parts';

const task = { $ref: '#/components/schemas/userDataTask' };
const outcome = { $ref: '#/components/schemas/userDataOutcome' };
const flag = (description: string) => ({ type: 'boolean', nullable: true, description });
const params = {
  type: 'object',
  nullable: true,
  description:
    'The values in the message. With `REMOVAL_LIMIT` and `WOULD_BE_HELD`: why (`held`), how many would be removed, of how many, and how many were removed recently.',
};

const taskProperties = {
  id: id('The task.'),
  batch: { type: 'string', description: 'Names the run in the payload log.' },
  sourceId: id('The source.'),
  sourceName: text('The name of the source; kept when the source is deleted. `null` in rows of earlier versions.'),
  status: choice(
    '`init` while it waits for its turn, `processing` while it runs, then `success`, `partially_failed` (some records failed), `failed` (the run failed), `blocked` (it would remove too much and waits for approval) or `canceled` (rejected, superseded by a newer one, or expired).',
    ...TASK_STATUSES,
  ),
  code: text(
    'Why it failed, is blocked or was canceled. For a preview: `WOULD_BE_HELD` when its run would be blocked.',
  ),
  message: text('The message in English; may be shortened.'),
  params,
  trigger: choice('What started it.', ...TASK_TRIGGERS, null),
  mode: choice(
    '`full` when at least one data type was delivered in full, otherwise `delta`; `purge` when everything that the source imported is removed. `null` until the source has delivered data.',
    ...TASK_MODES,
    null,
  ),
  dryRun: flag('A preview: nothing was written.'),
  deletesSource: flag('A purge that also deletes the source when all its records are removed.'),
  attempt: count('1, increased by each retry and by an approval.'),
  earlierAttempts: {
    type: 'array',
    nullable: true,
    items: closed('', {
      attempt: count('Which one.'),
      status: { type: 'string', enum: [...TASK_STATUSES], description: 'How it ended.' },
      code: text('Why it failed or was blocked.'),
      startedAt: time('When it began.'),
      finishedAt: time('When it ended; `null` when its process was lost.'),
      counts: {
        type: 'object',
        nullable: true,
        additionalProperties: { $ref: '#/components/schemas/userDataCount' },
      },
    }),
    description: 'The attempts before this one, the oldest first; at most 20.',
  },
  total: count(
    'Records received, and those that are missing from a full delivery. While `receivedAt` is `null`, more may be received.',
    0,
  ),
  done: count('Processed records.', 0),
  counts: {
    type: 'object',
    nullable: true,
    description: 'Target → number of records by outcome. For a blocked task: what would be removed.',
    additionalProperties: { $ref: '#/components/schemas/userDataCount' },
  },
  dataTypes: {
    type: 'array',
    nullable: true,
    items: { type: 'string', enum: [...DATA_TYPES] },
    description: 'The delivered data types, once everything has been received.',
  },
  matchKey: text('The field by which users were matched.'),
  cost: { type: 'integer', nullable: true, description: 'Duration in ms.' },
  createdAt: time('When it was created.'),
  updatedAt: time('When it was last updated.'),
  startedAt: time('When the last attempt began.'),
  receivedAt: time('When everything had been delivered.'),
  heartbeatAt: time('The last heartbeat of the run.'),
  finishedAt: time('When the last attempt ended.'),
  createdById: idOrNull('The user who started it.'),
  updatedById: idOrNull('The user who last changed it.'),
  decidedById: idOrNull('The user who approved or rejected it.'),
  decidedAt: time('When somebody approved or rejected it.'),
  heldUntil: time('Until when a blocked task waits for approval.'),
};

/** What comes along on request (`appends`). */
const appended = {
  source: closed(
    'With `appends=source`; `null` when it is deleted.',
    {
      id: id('The source.'),
      name: { type: 'string' },
      displayName: text('Shown to administrators.'),
      sourceType: { type: 'string' },
      enabled: flag('Whether the source can be run and pushed to.'),
    },
    { nullable: true },
  ),
  createdBy: person('With `appends=createdBy`: who started it.'),
  updatedBy: person('With `appends=updatedBy`: who last changed it.'),
  decidedBy: person('With `appends=decidedBy`: who approved or rejected it.'),
};

const taskOfRow = closed(
  'With `appends=task`.',
  { id: id('The task.'), trigger: text(''), mode: text(''), status: text(''), startedAt: time('') },
  { nullable: true },
);

const outcomeProperties = {
  id: id('The outcome.'),
  taskId: id('The task.'),
  attempt: count('Of which attempt.'),
  target: { type: 'string', description: '`users`, `departments`, `memberships`, or a target of another plugin.' },
  dataType: choice('The type of the record.', ...DATA_TYPES, null),
  kind: choice(
    '`record`: delivered. `removal`: deleted, or missing from a full delivery. `rejected`: invalid, and therefore not stored.',
    ...OUTCOME_KINDS,
    null,
  ),
  at: time('When it was done. `null` in rows of earlier versions.'),
  held: flag('The outcome that a blocked run would have.'),
  uid: { type: 'string', description: 'The ID of the record in the source; empty when it is not readable.' },
  name: text('The name of the record at that time.'),
  action: choice('What was done, or in a preview would be done.', ...OUTCOME_ACTIONS),
  rowId: text('The row of the target, if there is one.'),
  code: text('Why it failed.'),
  params: { ...params, description: 'The values in the message.' },
  message: text('Why it failed, in English.'),
  changes: {
    type: 'object',
    nullable: true,
    description: 'Field → old and new value. Secrets are masked, long texts are shortened.',
    additionalProperties: { type: 'object', required: ['old', 'new'], properties: { old: {}, new: {} } },
  },
};

/** Only where one task is read. */
const newerTaskId = idOrNull(
  'Of a blocked run: the run that has been given newer data since, so that this one cannot be approved any more.',
);

export const taskSchemas = {
  userDataTask: closed(
    'A run of a source.',
    { ...taskProperties, ...appended, newerTaskId },
    { required: Object.keys(taskProperties) },
  ),
  userDataOutcome: closed(
    'The outcome of one record in one target.',
    { ...outcomeProperties, task: taskOfRow },
    { required: Object.keys(outcomeProperties) },
  ),
};

const exampleCounts = {
  all: 20,
  success: 20,
  failed: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  linked: 0,
  enabled: 0,
  disabled: 20,
  unlinked: 0,
  deleted: 0,
  warnings: 0,
};
const exampleTask = {
  id: 14,
  batch: '20260601030000123456',
  sourceId: 3,
  sourceName: 'hr',
  status: 'blocked',
  code: 'REMOVAL_LIMIT',
  message:
    'This run would remove 20 of 60 users, more than the source may remove in 24 hours. Nothing was written. An administrator has to approve or reject task 14.',
  params: {
    held: 'users',
    task: 14,
    hours: 24,
    users: 20,
    ownedUsers: 60,
    recentUsers: 0,
    departments: 0,
    ownedDepartments: 0,
    recentDepartments: 0,
    adopted: 0,
    ownedAdopted: 0,
    recentAdopted: 0,
  },
  trigger: 'push',
  mode: 'full',
  dryRun: false,
  deletesSource: false,
  attempt: 1,
  earlierAttempts: null,
  total: 60,
  done: 0,
  counts: { users: exampleCounts },
  dataTypes: ['user'],
  matchKey: null,
  cost: 48,
  createdAt: '2026-06-01T03:00:00.000Z',
  updatedAt: '2026-06-01T03:00:00.048Z',
  startedAt: '2026-06-01T03:00:00.000Z',
  receivedAt: '2026-06-01T03:00:00.010Z',
  heartbeatAt: '2026-06-01T03:00:00.000Z',
  finishedAt: '2026-06-01T03:00:00.048Z',
  createdById: 7,
  updatedById: 7,
  decidedById: null,
  decidedAt: null,
  heldUntil: '2026-07-01T03:00:00.048Z',
};
const exampleOutcome = {
  id: 512,
  taskId: 14,
  attempt: 1,
  target: 'users',
  dataType: 'user',
  kind: 'removal',
  at: '2026-06-01T03:00:02.000Z',
  held: true,
  uid: 'e-40',
  name: 'Ada Lovelace',
  action: 'disabled',
  rowId: '42',
  code: null,
  params: null,
  message: null,
  changes: null,
};

const failures = { 400: failure(400), 401: failure(401), 403: failure(403) };
const tasks = exposedOf('userDataSyncTasks') as Exposed;
const outcomes = exposedOf('userDataSyncOutcomes') as Exposed;

export const taskPaths = {
  '/userDataSyncTasks:list': {
    get: {
      tags: TAGS,
      summary: 'List tasks',
      description: 'Includes previews, which have `dryRun: true`.',
      parameters: listParameters(tasks),
      responses: {
        200: answer('A page of tasks.', { type: 'array', items: task }, [exampleTask], pageMeta),
        ...failures,
      },
    },
  },
  '/userDataSyncTasks:get': {
    get: {
      tags: TAGS,
      summary: 'Read a task',
      parameters: [parameter('filterByTk', 'integer', 'The task.'), ...selectionParameters(tasks)],
      responses: { 200: answer('The task.', task, { ...exampleTask, newerTaskId: null }), ...failures },
    },
  },
  '/userDataSyncOutcomes:list': {
    get: {
      tags: TAGS,
      summary: 'List the outcomes of records',
      description: 'Unchanged records are not included. Filter by `taskId` and `attempt`.',
      parameters: listParameters(outcomes),
      responses: {
        200: answer('A page of outcomes.', { type: 'array', items: outcome }, [exampleOutcome], pageMeta),
        ...failures,
      },
    },
  },
};
