import { failureResponses, failuresOf } from './errors';
import { schemas } from './schemas';

const TAGS = ['userData'];

/** What an action answers: the host puts every answer into `data`. */
const answer = (description: string, data: object, example?: object) => ({
  description,
  content: {
    'application/json': {
      schema: { type: 'object', additionalProperties: false, required: ['data'], properties: { data } },
      ...(example ? { example: { data: example } } : {}),
    },
  },
});

const startedTask = {
  type: 'object',
  additionalProperties: false,
  required: ['taskId'],
  properties: {
    taskId: { type: 'integer', description: 'The task that tells how the run goes; see *Tasks* in the settings.' },
  },
};

const parameter = (name: string, type: string, description: string) => ({
  name,
  in: 'query',
  required: true,
  description,
  schema: { type },
});

const counts = {
  all: 1,
  success: 1,
  failed: 0,
  created: 1,
  updated: 0,
  unchanged: 0,
  linked: 0,
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
      'Brings users and departments from other systems into NocoBase. Paths are below `/api`. Messages come in the language of the header `X-Locale`.',
  },
  tags: [{ name: 'userData', description: 'Users and departments from other systems' }],
  security: [{ 'api-key': [] as string[] }],
  paths: {
    '/userData:push': {
      post: {
        tags: TAGS,
        summary: 'Push users or departments',
        description:
          'Applies the records and answers when it is done. One bad record fails alone: the answer is 200 also when some records failed. Pushing the same again changes nothing. A role or API key with the permission `user-data-sync.push` may do this and nothing else.',
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
            'Done. What became of the records, target by target.',
            {
              type: 'object',
              additionalProperties: false,
              required: ['code', 'message', 'taskId', 'result'],
              properties: {
                code: { type: 'integer', enum: [0] },
                message: { type: 'string', enum: ['success'] },
                taskId: startedTask.properties.taskId,
                result: { type: 'array', items: { $ref: '#/components/schemas/userDataResult' } },
              },
            },
            {
              code: 0,
              message: 'success',
              taskId: 12,
              result: [{ resource: 'departments', detail: { count: counts, failedRecords: [], warnings: [] } }],
            },
          ),
          ...failureResponses(failuresOf.push),
        },
      },
    },
    '/userData:pull': {
      post: {
        tags: TAGS,
        summary: 'Sync: run a source',
        description: 'Starts a run of the source in the background and answers with its task at once.',
        parameters: [parameter('name', 'string', 'The name of the source.')],
        responses: { 200: answer('Started.', startedTask, { taskId: 13 }), ...failureResponses(failuresOf.pull) },
      },
    },
    '/userData:retry': {
      post: {
        tags: TAGS,
        summary: 'Retry a task that did not succeed',
        description: 'Runs the source of the task again, in the background, as another attempt of the same task.',
        parameters: [
          parameter('id', 'integer', 'The task.'),
          parameter('sourceId', 'integer', 'The source that the task belongs to.'),
        ],
        responses: { 200: answer('Started.', startedTask, { taskId: 13 }), ...failureResponses(failuresOf.retry) },
      },
    },
    '/userData:listSyncTypes': {
      get: {
        tags: TAGS,
        summary: 'List the source types',
        description: 'The kinds of sources that can be added: built-in ones and those that plugins bring.',
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
                  canTest: { type: 'boolean', description: 'Whether its sources can be tried without a run.' },
                },
              },
            },
            [{ name: 'api', title: 'HTTP API', isPullable: false, canTest: false }],
          ),
          ...failureResponses(failuresOf.listSyncTypes),
        },
      },
    },
  },
  components: {
    securitySchemes: {
      'api-key': { type: 'http', scheme: 'bearer', description: 'An API key, or the token of somebody signed in.' },
    },
    schemas,
  },
};
