import type { Model } from '@nocobase/database';
import { col, Op, where, type WhereOptions } from 'sequelize';
import { DATA_TYPES, MATCH_KEYS, type SyncDataType } from '../../common/records';
import type { TaskStatus } from '../../common/tasks';
import { containing } from '../database/containing';
import { isStorable } from '../database/storable-text';
import { messageOf, SyncError, type ErrorCode, type MessageParams, type Translate } from '../errors';
import type { ActionContext } from '../host/requests/context';
import { translatorOf } from '../host/requests/translate';
import { param, requireId } from './params';
import { requireKnown } from './resources/check-query';

const MAX_PAGE = 1_000_000;
const MAX_PAGE_SIZE = 200;
const DEFAULT_PAGE_SIZE = 20;
const MAX_SEARCH_LENGTH = 255;
/** So many users that fit a search are looked for. */
const MAX_USERS_FOUND = 100;

const PARAMETERS = ['search', 'rowId', 'dataType', 'page', 'pageSize'];
const COLUMNS = [
  'id',
  'taskId',
  'at',
  'target',
  'dataType',
  'uid',
  'name',
  'action',
  'rowId',
  'code',
  'params',
  'message',
  'changes',
];
const TASK_COLUMNS = ['id', 'sourceName', 'trigger', 'mode', 'startedAt', 'dryRun'];
const SOURCE_COLUMNS = ['name', 'displayName'];

/** A change as it is answered, before its message is in the language of the request. */
interface Change {
  readonly code: ErrorCode | null;
  readonly params: MessageParams | null;
  readonly message: string | null;
}

/** What synchronization has done to users and departments, over all tasks, the newest first; on request only to some. */
export async function listChanges(ctx: ActionContext): Promise<void> {
  requireKnown(ctx.action.params, PARAMETERS);
  const page = wholeNumber(ctx, 'page', 1, MAX_PAGE);
  const pageSize = wholeNumber(ctx, 'pageSize', DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  const model = ctx.db.getModel<Model>('userDataSyncOutcomes');
  const query = {
    where: { [Op.and]: [{ held: { [Op.not]: true } }, ...(await conditions(ctx))] },
    include: [
      {
        association: 'task',
        attributes: TASK_COLUMNS,
        required: true,
        where: ofRealRun(model.name),
        include: [{ association: 'source', attributes: SOURCE_COLUMNS }],
      },
    ],
  };
  const count = await model.count(query);
  const offset = (page - 1) * pageSize;
  const found = await model.findAll({
    ...query,
    attributes: COLUMNS,
    order: [['id', 'DESC']],
    limit: pageSize,
    offset,
  });
  const translate = translatorOf(ctx);
  ctx.body = { rows: found.map((row) => translated(row.toJSON<Change>(), translate)), count, page, pageSize };
}

/**
 * What was only previewed has not happened, and neither has what a run that was held would have done. Such outcomes are
 * marked as `held`; the last attempt of a task that waits or was rejected is one, marked or not.
 */
function ofRealRun(outcomes: string): WhereOptions {
  const held: TaskStatus[] = ['blocked', 'canceled'];
  const isEarlier = where(col(`${outcomes}.attempt`), Op.lt, col('task.attempt'));
  return { dryRun: { [Op.not]: true }, [Op.or]: [{ status: { [Op.notIn]: held } }, isEarlier] };
}

async function conditions(ctx: ActionContext): Promise<WhereOptions[]> {
  const search = searchText(ctx);
  const about = param(ctx, 'rowId') === undefined ? undefined : requireId(ctx, 'rowId');
  return [
    ...(about === undefined ? [] : [isAboutDepartment(ctx) ? aboutDepartment(about) : aboutUsers([about])]),
    ...(search === undefined ? [] : [await fitting(ctx, search)]),
  ];
}

async function fitting(ctx: ActionContext, search: string): Promise<WhereOptions> {
  const names = containing(ctx.db.getModel('userDataSyncOutcomes'), 'name', search);
  return { [Op.or]: [{ uid: search }, ...names, aboutUsers(await findUsers(ctx, search))] };
}

/** Ids of the users that a search text finds: by a match key exactly, by a part of the nickname. */
async function findUsers(ctx: ActionContext, search: string): Promise<string[]> {
  const users = ctx.db.getModel<Model>('users');
  const exactly = MATCH_KEYS.map((field) => ({ [field]: search }));
  const found = await users.findAll({
    attributes: ['id'],
    where: { [Op.or]: [...exactly, ...containing(users, 'nickname', search)] },
    order: ['id'],
    limit: MAX_USERS_FOUND,
  });
  return found.map((user) => String(user.get('id')));
}

/**
 * Outcomes about users and their memberships. Earlier versions kept the latter as those of departments,
 * without the type of the record; ids of departments are too large to be those of users.
 */
function aboutUsers(rowIds: readonly string[]): WhereOptions {
  const targets = [{ target: ['users', 'memberships'] }, { target: 'departments', dataType: null }];
  return { rowId: [...rowIds], [Op.or]: targets };
}

function aboutDepartment(rowId: string): WhereOptions {
  return { rowId, target: 'departments', dataType: 'department' };
}

/** Whether `rowId` is one of a department; without a type it is a user's. */
function isAboutDepartment(ctx: ActionContext): boolean {
  const dataType = param(ctx, 'dataType') ?? 'user';
  if (!DATA_TYPES.includes(dataType as SyncDataType))
    throw new SyncError('INVALID_REQUEST', { path: 'dataType', expected: DATA_TYPES.join(', ') });
  return dataType === 'department';
}

function searchText(ctx: ActionContext): string | undefined {
  const value = param(ctx, 'search');
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > MAX_SEARCH_LENGTH || !isStorable(value))
    throw new SyncError('INVALID_REQUEST', { path: 'search', expected: 'textUpTo', max: MAX_SEARCH_LENGTH });
  return value.trim() || undefined;
}

function wholeNumber(ctx: ActionContext, name: string, fallback: number, max: number): number {
  const value = param(ctx, name);
  if (value === undefined) return fallback;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value));
  const number = isNumber ? Number(value) : NaN;
  if (!Number.isInteger(number) || number < 1 || number > max)
    throw new SyncError('INVALID_REQUEST', { path: name, expected: 'wholeNumberBetween', min: 1, max });
  return number;
}

function translated<T extends Change>(change: T, translate: Translate): T {
  if (!change.code) return change;
  return { ...change, message: messageOf(change.code, change.params ?? {}, translate) };
}
