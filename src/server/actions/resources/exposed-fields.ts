/** What a field holds, and so how it may be asked for. `json` is answered only: nobody filters or sorts by it. */
export type FieldType = 'id' | 'text' | 'integer' | 'boolean' | 'date' | 'json';

/** Names of fields and what they hold. */
export type Fields = Readonly<Record<string, FieldType>>;

/** What the HTTP API may read of a collection. */
export interface Exposed {
  readonly fields: Fields;
  /** Rows that may come along, and what of them. */
  readonly relations: Readonly<Record<string, Fields>>;
  /** Fields that are read whatever is asked for, because the answer cannot be made without them. */
  readonly always?: readonly string[];
  /** Whether all rows may be had in one answer. */
  readonly isShort?: boolean;
}

/** These collections can be read without any permission for users, so a person is an id and a name. */
const PERSON: Fields = { id: 'id', nickname: 'text', username: 'text' };
const SOURCE: Fields = { id: 'id', name: 'text', displayName: 'text', sourceType: 'text', enabled: 'boolean' };
const TASK: Fields = { id: 'id', trigger: 'text', mode: 'text', status: 'text', startedAt: 'date' };

/**
 * All that may be filtered, sorted, selected, appended and answered, whatever the permissions. A field that is not here
 * does not exist for the HTTP API, and neither does a collection of this plugin.
 */
const EXPOSED: Readonly<Record<string, Exposed>> = {
  userDataSyncSources: {
    fields: {
      id: 'id',
      name: 'text',
      sourceType: 'text',
      displayName: 'text',
      enabled: 'boolean',
      options: 'json',
      rules: 'json',
      // Orders rows, and is never answered: the collection hides it.
      sort: 'integer',
      createdAt: 'date',
      updatedAt: 'date',
      createdById: 'id',
      updatedById: 'id',
    },
    relations: { createdBy: PERSON, updatedBy: PERSON },
    // Says which of the options are secrets.
    always: ['sourceType'],
    isShort: true,
  },
  userDataSyncTasks: {
    fields: {
      id: 'id',
      batch: 'text',
      sourceId: 'id',
      sourceName: 'text',
      status: 'text',
      message: 'text',
      cost: 'integer',
      trigger: 'text',
      mode: 'text',
      dryRun: 'boolean',
      attempt: 'integer',
      earlierAttempts: 'json',
      startedAt: 'date',
      finishedAt: 'date',
      heartbeatAt: 'date',
      done: 'integer',
      total: 'integer',
      counts: 'json',
      code: 'text',
      params: 'json',
      dataTypes: 'json',
      matchKey: 'text',
      receivedAt: 'date',
      deletesSource: 'boolean',
      decidedById: 'id',
      decidedAt: 'date',
      heldUntil: 'date',
      sort: 'integer',
      createdAt: 'date',
      updatedAt: 'date',
      createdById: 'id',
      updatedById: 'id',
    },
    relations: { source: SOURCE, createdBy: PERSON, updatedBy: PERSON, decidedBy: PERSON },
  },
  userDataSyncOutcomes: {
    fields: {
      id: 'id',
      taskId: 'id',
      attempt: 'integer',
      target: 'text',
      dataType: 'text',
      kind: 'text',
      held: 'boolean',
      at: 'date',
      uid: 'text',
      name: 'text',
      action: 'text',
      rowId: 'text',
      code: 'text',
      params: 'json',
      message: 'text',
      changes: 'json',
    },
    relations: { task: TASK },
  },
  userDataSyncDisabledUsers: {
    fields: {
      id: 'id',
      userId: 'id',
      disabledAt: 'date',
      cause: 'text',
      sourceName: 'text',
      taskId: 'id',
      disabledById: 'id',
    },
    relations: { user: PERSON, disabledBy: PERSON, task: TASK },
  },
};

/** What may be read of a collection, or of a relation of it (`userDataSyncTasks.source`); nothing of any other. */
export function exposedOf(resourceName: string): Exposed | undefined {
  const [collection, relation, ...deeper] = resourceName.split('.');
  if (deeper.length > 0 || !Object.hasOwn(EXPOSED, collection)) return undefined;
  const exposed = EXPOSED[collection];
  if (relation === undefined) return exposed;
  if (!Object.hasOwn(exposed.relations, relation)) return undefined;
  return { fields: exposed.relations[relation], relations: {} };
}
