import type { TargetCounts } from '../common/outcomes';
import { DATA_TYPES, DELIVERY_MODES, MATCH_KEYS } from '../common/records';
import { MAX_RECORDS, MAX_TOLD, RECORD_BOUNDS } from '../server/limits/bounds';
import { recordFailures, warnings } from './errors';
import { closed } from './parts';

const uid = {
  description:
    'The ID of the record in the source. It never changes. Numbers are accepted and become text; send those above 9007199254740991 as text. Uids are compared exactly.',
  oneOf: [{ type: 'string', minLength: 1, maxLength: 255 }, { type: 'number' }],
};
const isDeleted = {
  type: 'boolean',
  nullable: true,
  description:
    'The record was removed from the source. The rules of the source set what happens to its user or department.',
};
const count = (description: string) => ({ type: 'integer', minimum: 0, description });
const counts: Record<keyof TargetCounts, object> = {
  all: count('Records that reached the target.'),
  success: count('Applied or unchanged.'),
  failed: count('Not applied; see `failedRecords`.'),
  created: count('New rows.'),
  updated: count('Rows with changes.'),
  unchanged: count('Rows without changes.'),
  linked: count('Existing users found by the match key, or previously unlinked and delivered again.'),
  enabled: count('Users disabled by a run and delivered again.'),
  disabled: count('Users that can no longer sign in.'),
  unlinked: count(
    'Unlinked and otherwise unchanged: another source still has them, they are already disabled, or the rules of the source say so.',
  ),
  deleted: count('Deleted.'),
  warnings: count('Warnings, of all records together.'),
};
const removals = (description: string) => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: ['removed', 'owned', 'removedLately', 'limit'],
  properties: {
    removed: count('How many the run would remove.'),
    owned: count('How many the source has.'),
    removedLately: count('How many were already removed in these hours.'),
    limit: count('How many may be removed in these hours.'),
  },
});

export const schemas = {
  userDataMembership: {
    description: 'A department of the user: its uid, or an object with more details.',
    oneOf: [
      ...uid.oneOf,
      {
        type: 'object',
        required: ['uid'],
        properties: {
          uid,
          isOwner: { type: 'boolean', nullable: true, description: 'The user is an owner of the department.' },
          isMain: { type: 'boolean', nullable: true, description: 'It is the main department of the user.' },
        },
      },
    ],
  },
  userDataUser: {
    type: 'object',
    description:
      'A user as the source describes it. A field that is absent stays as it is, `null` empties it. Any other plain field of the users collection may be given too.',
    required: ['uid'],
    additionalProperties: true,
    maxProperties: RECORD_BOUNDS.fields,
    properties: {
      uid,
      nickname: { type: 'string', nullable: true, maxLength: 255 },
      username: { type: 'string', nullable: true, maxLength: 255, description: 'Unique. Empty text means none.' },
      email: { type: 'string', nullable: true, maxLength: 255, description: 'Unique. Empty text means none.' },
      phone: { type: 'string', nullable: true, maxLength: 255, description: 'Unique. Empty text means none.' },
      departments: {
        type: 'array',
        nullable: true,
        maxItems: RECORD_BOUNDS.departments,
        description:
          'All departments of the source that the user is in. Absent: memberships stay. Empty: those that this source made are removed.',
        items: { $ref: '#/components/schemas/userDataMembership' },
      },
      isDeleted,
    },
  },
  userDataDepartment: {
    type: 'object',
    description:
      'A department as the source describes it. Any other plain field of the departments collection may be given too.',
    required: ['uid'],
    additionalProperties: true,
    maxProperties: RECORD_BOUNDS.fields,
    properties: {
      uid,
      title: { type: 'string', minLength: 1, maxLength: 255, description: 'Required unless `isDeleted` is `true`.' },
      parentUid: {
        description: 'The uid of the department above. Absent, empty or `null`: top level.',
        oneOf: [{ type: 'string', nullable: true, maxLength: 255 }, { type: 'number' }],
      },
      isDeleted,
    },
  },
  userDataPush: {
    type: 'object',
    additionalProperties: false,
    required: ['dataType', 'records'],
    properties: {
      dataType: { type: 'string', enum: [...DATA_TYPES] },
      matchKey: {
        type: 'string',
        nullable: true,
        enum: [...MATCH_KEYS, '', null],
        description: 'The field that matches new records to existing users.',
      },
      records: {
        type: 'array',
        maxItems: MAX_RECORDS,
        description: 'In any order: children may come before parents, users before departments.',
        items: {
          anyOf: [{ $ref: '#/components/schemas/userDataUser' }, { $ref: '#/components/schemas/userDataDepartment' }],
        },
      },
      sourceName: {
        type: 'string',
        nullable: true,
        maxLength: 255,
        description:
          'The source whose records these are; of type HTTP API. A new name creates a source, if the caller can configure sources. Default: `api`.',
      },
      mode: {
        type: 'string',
        nullable: true,
        enum: [...DELIVERY_MODES, null],
        description:
          '`delta` (the default): these records changed, all others stay. `full`: this is everything of that type, so imported records that are missing here are removed.',
      },
      dryRun: {
        type: 'boolean',
        nullable: true,
        description: 'Only report what would be done, and write nothing but the task. Default: `false`.',
      },
    },
  },
  userDataTest: {
    type: 'object',
    anyOf: [{ required: ['id'] }, { required: ['sourceType'] }],
    properties: {
      id: {
        description: 'The stored source. Its type is used.',
        oneOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: '^\\d{1,18}$' },
        ],
      },
      sourceType: { type: 'string', description: 'The type of a source that is not stored.' },
      options: {
        type: 'object',
        description:
          'The options to test. Default: the stored ones. A secret that is absent or empty is taken from the stored source.',
      },
    },
  },
  userDataCount: closed(
    'Number of records by outcome. `all` is `success` plus `failed`; every success is one of the others.',
    counts,
  ),
  userDataFailedRecord: {
    type: 'object',
    additionalProperties: false,
    required: ['record', 'code', 'message'],
    properties: {
      record: {
        description:
          'The record as it was sent, with secrets masked; large records are shortened, with the uid first. An object, or the value that was sent instead of one.',
      },
      isCut: { type: 'boolean', enum: [true], description: 'The record is shortened.' },
      code: { type: 'string', enum: [...recordFailures] },
      message: { type: 'string', description: 'What is wrong and what to do, in the language of the request.' },
    },
  },
  userDataWarning: {
    type: 'object',
    description:
      'What was skipped or is waiting, while the rest of the records was applied. Equal warnings are listed once.',
    additionalProperties: false,
    required: ['code', 'message', 'count', 'uids'],
    properties: {
      code: { type: 'string', enum: [...warnings] },
      message: { type: 'string' },
      count: { type: 'integer', minimum: 1, description: 'The number of records with this warning.' },
      uids: { type: 'array', maxItems: 20, items: { type: 'string' }, description: 'Up to 20 of them.' },
    },
  },
  userDataResult: {
    type: 'object',
    description: 'What one target (users, departments, or a target of a plugin) did.',
    additionalProperties: false,
    required: ['resource', 'detail'],
    properties: {
      resource: { type: 'string', example: 'users' },
      detail: {
        type: 'object',
        additionalProperties: false,
        required: ['count', 'failedRecords', 'warnings'],
        properties: {
          count: { $ref: '#/components/schemas/userDataCount' },
          failedRecords: {
            type: 'array',
            maxItems: MAX_TOLD,
            items: { $ref: '#/components/schemas/userDataFailedRecord' },
          },
          warnings: { type: 'array', maxItems: MAX_TOLD, items: { $ref: '#/components/schemas/userDataWarning' } },
          omitted: {
            type: 'object',
            description:
              'What is counted but not listed, if anything. All failed records are among the outcomes of the task.',
            additionalProperties: false,
            required: ['failedRecords', 'warnings'],
            properties: {
              failedRecords: count('Failed records that are not in `failedRecords`.'),
              warnings: count('Warnings that are in no group of `warnings`.'),
            },
          },
        },
      },
    },
  },
  userDataWouldBeHeld: {
    type: 'object',
    description: 'For a dry run whose run would need approval: the reason and numbers. Otherwise absent.',
    additionalProperties: false,
    required: ['reason', 'message', 'hours', 'users', 'departments', 'adopted'],
    properties: {
      reason: {
        type: 'string',
        enum: ['users', 'departments', 'adopted', 'usersLately', 'departmentsLately', 'adoptedLately', 'empty'],
      },
      message: { type: 'string', description: 'The message in the language of the request.' },
      hours: count('The period over which removals are counted.'),
      users: removals('Users.'),
      departments: removals('Departments.'),
      adopted: removals('Users that existed before the source.'),
    },
  },
  userDataErrors: {
    type: 'object',
    additionalProperties: false,
    required: ['errors'],
    properties: {
      errors: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['code', 'message'],
          properties: {
            code: { type: 'string', description: 'Stable: scripts may depend on it.' },
            message: { type: 'string', description: 'What is wrong and what to do, in the language of the request.' },
            taskId: {
              type: 'integer',
              description:
                'With `REMOVAL_LIMIT`: the task that waits for approval. With `SOURCE_BUSY`: the task that is running, if it is of the same source.',
            },
          },
        },
      },
    },
  },
};
