import {
  DEFAULT_RULES,
  MAX_LIMIT,
  MAX_RULES,
  PROTECTIONS,
  REMOVALS,
  SCOPE_OPERATORS,
  type RemovalLimit,
} from '../common/rules';
import { exposedOf, type Exposed } from '../server/actions/resources/exposed-fields';
import { failure } from './errors';
import { answer, body, choice, id, listParameters, pageMeta, parameter, selectionParameters, TAGS } from './parts';

const source = { $ref: '#/components/schemas/userDataSource' };
const rules = { $ref: '#/components/schemas/userDataRules' };

const object = (description: string, properties: object) => ({
  type: 'object',
  description,
  nullable: true,
  additionalProperties: false,
  properties,
});

const taskOrNull = (description: string) => ({
  anyOf: [{ $ref: '#/components/schemas/userDataTask' }, { type: 'object', nullable: true, enum: [null] }],
  description,
});

const ruleName = { type: 'string', minLength: 1, maxLength: MAX_RULES.nameLength };
const limit = (whose: string, { count, percent }: RemovalLimit) =>
  object(`Limits for ${whose}.`, {
    count: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_LIMIT.count,
      nullable: true,
      description: `Rows; 0 asks always. Default: ${count}.`,
    },
    percent: {
      type: 'number',
      minimum: 0,
      maximum: MAX_LIMIT.percent,
      nullable: true,
      description: `Percent of what the source owned when the window began, but at least 5 rows. Default: ${percent}.`,
    },
  });

const conditions = (whose: string) => ({
  type: 'array',
  nullable: true,
  maxItems: MAX_RULES.conditions,
  description: `Only ${whose} that meet all of them.`,
  items: { $ref: '#/components/schemas/userDataCondition' },
});

const editable = {
  displayName: { type: 'string', nullable: true, maxLength: 255 },
  enabled: { type: 'boolean', description: 'Whether the source can be run and pushed to. Default: `false`.' },
  options: { type: 'object', description: 'The options of the type. A secret that is absent or empty is not changed.' },
  rules,
};
const naming = {
  name: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Unique ID of this source. Cannot be changed later.',
  },
  sourceType: { type: 'string', description: 'The type; it stays.' },
};

const example = {
  id: 2,
  name: 'hr',
  sourceType: 'file',
  displayName: null,
  enabled: true,
  options: { users: { path: 'people.csv' }, mode: 'full' },
  secretsSet: [],
  rules: DEFAULT_RULES,
};

export const sourceSchemas = {
  userDataCondition: {
    type: 'object',
    description:
      'A condition on a field of a record. A list matches when one of its entries does; `departments` of a user are their uids. A missing value is an empty text.',
    additionalProperties: false,
    required: ['field', 'operator', 'value'],
    properties: {
      field: ruleName,
      operator: {
        type: 'string',
        enum: [...SCOPE_OPERATORS],
        description:
          '`equals` and `contains` ignore case. `matches`: a regular expression in RE2 syntax, found anywhere in the text.',
      },
      value: { type: 'string', maxLength: MAX_RULES.valueLength },
    },
  },
  userDataRules: object(
    'The rules of a source. Absent rules have their default; `null` means all defaults. Answers contain all rules.',
    {
      removal: object('What happens to records removed from the source.', {
        users: choice('Disabled (the default), deleted, or unlinked and kept.', ...REMOVALS.users, null),
        departments: choice('Is deleted (the default), or stays.', ...REMOVALS.departments, null),
      }),
      limits: object('How many may be removed without approval within 24 hours, or the period in the settings.', {
        users: limit('all users', DEFAULT_RULES.limits.users),
        departments: limit('departments', DEFAULT_RULES.limits.departments),
        adopted: limit('users that existed before the source', DEFAULT_RULES.limits.adopted),
      }),
      scope: object('Which records are imported. Records out of scope count as missing.', {
        users: conditions('users'),
        departments: conditions('departments'),
        subtrees: {
          type: 'array',
          nullable: true,
          maxItems: MAX_RULES.subtrees,
          description: 'Uids of departments: only these, their subdepartments and their members.',
          items: ruleName,
        },
      }),
      push: object('Who may push to the source over HTTP, in addition to roles that can configure sources.', {
        roles: {
          type: 'array',
          nullable: true,
          maxItems: MAX_RULES.roles,
          description: 'Names of roles that have `user-data-sync.push`. Default: none.',
          items: ruleName,
        },
      }),
      protection: object('What the source does not change. Root users are never changed.', {
        privilegedUsers: choice(
          'Users with a privileged role fail with `PROTECTED_USER` (the default), or are managed like other users. Only somebody who can manage all roles or all users can allow this.',
          ...PROTECTIONS.privilegedUsers,
          null,
        ),
        identity: choice(
          'Username, email and phone number of users that existed before the source are changed (the default), or kept, with the warning `IDENTITY_KEPT`.',
          ...PROTECTIONS.identity,
          null,
        ),
        departmentRoles: choice(
          'Users are not added to departments that grant a role: `PROTECTED_DEPARTMENT` (the default). When allowed, they are added, unless the role is privileged. Only somebody who can manage all roles or all users can allow this.',
          ...PROTECTIONS.departmentRoles,
          null,
        ),
      }),
    },
  ),
  userDataSource: {
    type: 'object',
    description: 'A configured source.',
    required: ['id', 'name', 'sourceType', 'enabled', 'options', 'secretsSet', 'rules'],
    properties: {
      id: { oneOf: [{ type: 'integer' }, { type: 'string' }] },
      ...naming,
      ...editable,
      secretsSet: { type: 'array', items: { type: 'string' }, description: 'Options that are set but not shown.' },
    },
  },
};

const failures = { 400: failure(400), 401: failure(401), 403: failure(403), 405: failure(405) };
/** Somebody allows a source more than they may do themselves. */
const refused = { 403: failure(403, ['NO_PERMISSION', 'PERMISSION_NOT_YOURS']) };
const exposed = exposedOf('userDataSyncSources') as Exposed;
const which = parameter('filterByTk', 'integer', 'The source.');

export const sourcePaths = {
  '/userDataSyncSources:create': {
    post: {
      tags: TAGS,
      summary: 'Add a source',
      requestBody: body(
        { type: 'object', required: ['name', 'sourceType'], properties: { ...naming, ...editable } },
        {
          file: {
            summary: 'A full list, of which only one site is imported',
            value: {
              name: 'hr',
              sourceType: 'file',
              enabled: true,
              options: { users: { path: 'people.csv' }, mode: 'full' },
              rules: {
                removal: { users: 'keep' },
                scope: { users: [{ field: 'city', operator: 'equals', value: 'Berlin' }] },
              },
            },
          },
        },
      ),
      responses: { 200: answer('Added.', source, example), ...failures, ...refused, 409: failure(409) },
    },
  },
  '/userDataSyncSources:update': {
    post: {
      tags: TAGS,
      summary: 'Change a source',
      description: 'Absent values are not changed. Options and rules are replaced as a whole.',
      parameters: [which],
      requestBody: body(
        { type: 'object', properties: { ...editable } },
        {
          rules: { summary: 'Rules', value: { rules: DEFAULT_RULES } },
          none: { summary: 'Default rules', value: { rules: null } },
        },
      ),
      responses: {
        200: answer('Changed.', { type: 'array', items: source }, [example]),
        ...failures,
        ...refused,
        404: failure(404),
      },
    },
  },
  '/userDataSyncSources:destroy': {
    post: {
      tags: TAGS,
      summary: 'Delete a source',
      description:
        'Imported users and departments are kept as they are and no longer belong to a source. Its tasks are kept, and blocked tasks are canceled. To remove the imported records, see `userData:purge`.',
      parameters: [which],
      responses: {
        200: answer('Deleted: how many.', { type: 'integer' }, 1),
        ...failures,
        409: failure(409),
      },
    },
  },
  '/userDataSyncSources:move': {
    post: {
      tags: TAGS,
      summary: 'Move a source in the list',
      description: 'The order of `sort=sort`.',
      parameters: [
        parameter('sourceId', 'integer', 'The source.'),
        parameter('targetId', 'integer', 'The source whose place it takes.', {}, false),
        parameter('method', 'string', '`insertAfter`: after that source.', { enum: ['insertAfter', 'prepend'] }, false),
        parameter('sticky', 'boolean', '`true`, without `targetId`: to the first place.', {}, false),
      ],
      responses: { 200: answer('Moved.', { type: 'string', enum: ['ok'] }, 'ok'), ...failures, 404: failure(404) },
    },
  },
  '/userDataSyncSources:list': {
    get: {
      tags: TAGS,
      summary: 'List sources',
      parameters: listParameters(exposed),
      responses: {
        200: answer(
          'A page of sources.',
          {
            type: 'array',
            items: {
              allOf: [source],
              required: ['lastTask', 'lastPreview', 'blockedTaskIds'],
              properties: {
                lastTask: taskOrNull('Its newest run that was no preview.'),
                lastPreview: taskOrNull('Its newest preview, if it is newer than `lastTask`.'),
                blockedTaskIds: {
                  type: 'array',
                  items: id('A run.'),
                  description: 'Its runs that wait for approval, the newest first.',
                },
              },
            },
          },
          [{ ...example, lastTask: null, lastPreview: null, blockedTaskIds: [] }],
          pageMeta,
        ),
        400: failure(400),
        401: failure(401),
        403: failure(403),
      },
    },
  },
  '/userDataSyncSources:get': {
    get: {
      tags: TAGS,
      summary: 'Read a source',
      parameters: [which, ...selectionParameters(exposed)],
      responses: {
        200: answer('The source.', source, example),
        400: failure(400),
        401: failure(401),
        403: failure(403),
      },
    },
  },
};
