import { changePaths, changeSchemas } from './changes';
import { decisionPaths } from './decisions';
import { disabledUserPaths, disabledUserSchemas } from './disabled-users';
import { failureResponses, failuresOf } from './errors';
import { answer, closed, download, parameter, TAGS } from './parts';
import { schemas } from './schemas';
import { settingsPaths, settingsSchemas } from './settings';
import { sourcePaths, sourceSchemas } from './sources';
import { taskPaths, taskSchemas } from './tasks';

const counts = {
  all: 1,
  success: 1,
  failed: 0,
  created: 1,
  updated: 0,
  unchanged: 0,
  linked: 0,
  enabled: 0,
  disabled: 0,
  unlinked: 0,
  deleted: 0,
  warnings: 0,
};

export default {
  openapi: '3.0.3',
  info: {
    title: 'NocoBase API - User data synchronization plugin',
    version: '1.0.0',
    description:
      'Imports users and departments from other systems into NocoBase. Paths are below `/api`. Messages are in the language of the header `X-Locale`.',
  },
  tags: [{ name: 'userData', description: 'Users and departments from other systems' }],
  security: [{ 'api-key': [] as string[] }],
  paths: {
    '/userData:push': {
      post: {
        tags: TAGS,
        summary: 'Push users or departments',
        description:
          'Applies the records and answers when it is done. One bad record fails alone: the answer is 200 also when some records failed. Pushing the same again changes nothing. When too many would be removed, or a full delivery is empty, nothing is written and the answer is 409 `REMOVAL_LIMIT` with the task that waits for somebody to approve it. A role or API key with the permission `user-data-sync.push` may do this, only for sources whose rules name the role, and read the tasks and outcomes of its own pushes.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/userDataPush' },
              examples: {
                users: {
                  summary: 'Users',
                  value: {
                    dataType: 'user',
                    matchKey: 'email',
                    records: [
                      {
                        uid: 'p-17',
                        nickname: 'Ada Lovelace',
                        email: 'ada@example.com',
                        departments: ['research', { uid: 'board', isOwner: true, isMain: true }],
                      },
                      { uid: 'p-18', isDeleted: true },
                    ],
                  },
                },
                everybody: {
                  summary: 'Full list of users: missing users are removed. Only a preview',
                  value: {
                    dataType: 'user',
                    sourceName: 'hr',
                    mode: 'full',
                    dryRun: true,
                    records: [{ uid: 'p-17', nickname: 'Ada Lovelace', email: 'ada@example.com' }],
                  },
                },
                departments: {
                  summary: 'Departments',
                  value: {
                    dataType: 'department',
                    records: [
                      { uid: 'board', title: 'Board' },
                      { uid: 'research', title: 'Research', parentUid: 'board' },
                    ],
                  },
                },
              },
            },
          },
        },
        responses: {
          200: answer(
            'Done. The outcomes of the records, by target.',
            {
              type: 'object',
              additionalProperties: false,
              required: ['code', 'message', 'taskId', 'status', 'result'],
              properties: {
                code: { type: 'integer', enum: [0] },
                message: { type: 'string', enum: ['success'] },
                taskId: { type: 'integer', description: 'The task of the run.' },
                status: {
                  type: 'string',
                  enum: ['success', 'partially_failed'],
                  description: 'The status of the task: `partially_failed` when some records failed.',
                },
                result: { type: 'array', items: { $ref: '#/components/schemas/userDataResult' } },
                memberships: {
                  description:
                    'For a push of users: the outcomes of the memberships, under the name that tasks use. The same data is in `result`, under `departments`.',
                  allOf: [{ $ref: '#/components/schemas/userDataCount' }],
                },
                wouldBeHeld: { $ref: '#/components/schemas/userDataWouldBeHeld' },
              },
            },
            {
              code: 0,
              message: 'success',
              taskId: 12,
              status: 'success',
              result: [{ resource: 'departments', detail: { count: counts, failedRecords: [], warnings: [] } }],
            },
          ),
          ...failureResponses(failuresOf.push),
        },
      },
    },
    ...decisionPaths,
    '/userData:listSyncTypes': {
      get: {
        tags: TAGS,
        summary: 'List the source types',
        description: 'The source types that can be added: built-in types and types of plugins.',
        responses: {
          200: answer(
            'The source types.',
            {
              type: 'array',
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['name', 'title', 'isPullable', 'canTest'],
                properties: {
                  name: { type: 'string' },
                  title: { type: 'string', description: 'May be a template that the page translates.' },
                  isPullable: { type: 'boolean', description: 'Whether its sources can be run with Sync.' },
                  canTest: { type: 'boolean', description: 'Whether its sources can be tested without a run.' },
                },
              },
            },
            [{ name: 'api', title: 'HTTP API', isPullable: false, canTest: false }],
          ),
          ...failureResponses(failuresOf.listSyncTypes),
        },
      },
    },
    '/userData:listPushRoles': {
      get: {
        tags: TAGS,
        summary: 'List the roles that a source can let push',
        description:
          'Roles that have `user-data-sync.push` and cannot configure sources. Roles that can configure sources can push to all sources.',
        responses: {
          200: answer(
            'The roles.',
            {
              type: 'array',
              items: closed('', {
                name: { type: 'string', description: 'The name used in `rules.push.roles` of a source.' },
                title: { type: 'string', description: 'May be a template that the page translates.' },
              }),
            },
            [{ name: 'hr-push', title: 'HR push' }],
          ),
          ...failureResponses(failuresOf.listPushRoles),
        },
      },
    },
    '/userData:testConnection': {
      post: {
        tags: TAGS,
        summary: 'Test a source',
        description:
          'Checks whether a source can be read, without a run and without storing anything. The source can be stored, changed or not stored yet.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/userDataTest' },
              examples: {
                stored: { summary: 'A stored source', value: { id: 2 } },
                changed: {
                  summary: 'A stored source with other options',
                  value: { id: 2, options: { users: { path: 'people.csv' } } },
                },
                new: {
                  summary: 'A source that is not stored',
                  value: { sourceType: 'file', options: { users: { path: 'people.csv' } } },
                },
              },
            },
          },
        },
        responses: {
          200: answer(
            'The source can be read.',
            {
              type: 'object',
              additionalProperties: false,
              required: ['message'],
              properties: { message: { type: 'string', description: 'What was found, as reported by the source.' } },
            },
            { message: '3 departments, 12 users' },
          ),
          ...failureResponses(failuresOf.testConnection),
        },
      },
    },
    '/userData:exportOutcomes': {
      get: {
        tags: TAGS,
        summary: 'Download the outcomes of a task',
        description:
          'As CSV, one line for each record of the last attempt that is not unchanged. Reasons are in the language of the request. A cell that a spreadsheet could read as a formula starts with an apostrophe.',
        parameters: [parameter('taskId', 'integer', 'The task.')],
        responses: {
          200: download(
            'The file.',
            'text/csv',
            '"target","uid","name","action","code","reason","changes"\n"users","e-1","Ada","updated","","","email: a@example.com → b@example.com"\n',
          ),
          ...failureResponses(failuresOf.exportOutcomes),
        },
      },
    },
    '/userData:downloadPayload': {
      get: {
        tags: TAGS,
        summary: 'Download the data delivered to a task',
        description:
          'The lines of the payload log that belong to the task, as JSON lines, with secrets masked. Empty when the log of that time has been removed.',
        parameters: [parameter('taskId', 'integer', 'The task.')],
        responses: {
          200: download(
            'The file.',
            'application/x-ndjson',
            '{"level":"info","source":"api","taskId":12,"dataType":"user","part":1,"records":[{"uid":"e-1"}]}\n',
          ),
          ...failureResponses(failuresOf.downloadPayload),
        },
      },
    },
    ...disabledUserPaths,
    ...settingsPaths,
    ...changePaths,
    ...taskPaths,
    ...sourcePaths,
  },
  components: {
    securitySchemes: {
      'api-key': { type: 'http', scheme: 'bearer', description: 'An API key, or the token of a signed-in user.' },
    },
    schemas: {
      ...schemas,
      ...disabledUserSchemas,
      ...settingsSchemas,
      ...changeSchemas,
      ...taskSchemas,
      ...sourceSchemas,
    },
  },
};
