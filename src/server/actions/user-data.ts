import type { Context } from '@nocobase/actions';
import type { UserDisabling } from '../disabled-users';
import { messageOf, reasonOf, SyncError, type Translate } from '../errors';
import { answerError } from '../host/requests/answer-error';
import type { ActionContext, Next } from '../host/requests/context';
import { translatorOf } from '../host/requests/translate';
import { MAX_RECORDS } from '../limits';
import { Breather } from '../pacing';
import { payloadLogFolder } from '../payload-log/log-files';
import type { FailedRecord, SyncResult } from '../pipeline/report';
import { parsePushBody } from '../service/push-request';
import type { PushAnswer, UserDataSyncService } from '../service/user-data-sync-service';
import type { SyncSourceManager } from '../sources';
import { listChanges } from './change-history';
import { disableUser, enableUser } from './disabled-users';
import { receivedBody } from './guard';
import { optionalFlag, param, requireId, requirePost, requireText } from './params';
import { listPushRoles, pusherOf } from './push-roles';
import { readSettings, saveSettings } from './settings';
import { requireOptions } from './source-values';
import { downloadPayload, exportOutcomes } from './task-details';

/** What the actions need of the plugin. */
export interface UserDataActionDeps {
  readonly syncService: UserDataSyncService;
  readonly sourceManager: SyncSourceManager;
  readonly userDisabling: UserDisabling;
}

type Handler = (ctx: ActionContext, deps: UserDataActionDeps) => Promise<void>;

/** The actions of the resource `userData`. `deps` is asked at each call: a reload makes new ones. */
export function userDataActions(deps: () => UserDataActionDeps) {
  const action = (handler: Handler) => async (ctx: ActionContext, next: Next) => {
    try {
      await handler(ctx, deps());
    } catch (error) {
      if (!(error instanceof SyncError)) ctx.log.error(reasonOf(error), { stack: (error as Error).stack });
      return answerError(ctx, error);
    }
    await next();
  };
  return {
    listSyncTypes: action(listSyncTypes),
    listPushRoles: action(listPushRoles),
    push: action(push),
    pull: action(pull),
    retry: action(retry),
    retryFailed: action(retryFailed),
    approve: action(approve),
    reject: action(reject),
    runNow: action(runNow),
    purge: action(purge),
    testConnection: action(testConnection),
    settings: action(readSettings),
    updateSettings: action(updateSettings),
    listChanges: action(listChanges),
    exportOutcomes: action(exportOutcomes),
    downloadPayload: action((ctx) => downloadPayload(ctx, payloadLogFolder(ctx.app.name))),
    disableUser: action((ctx, { userDisabling }) => disableUser(ctx, userDisabling)),
    enableUser: action((ctx, { userDisabling }) => enableUser(ctx, userDisabling)),
  };
}

const listSyncTypes: Handler = async (ctx, { sourceManager }) => {
  ctx.body = sourceManager.listTypes();
};

const push: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  requireJson(ctx);
  const request = parsePushBody(receivedBody(ctx), MAX_RECORDS);
  const answer = await syncService.deliver(request, pusherOf(ctx), currentUserId(ctx));
  ctx.body = await toldPush(answer, translatorOf(ctx));
};

const pull: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  const dryRun = optionalFlag(ctx, 'dryRun');
  ctx.body = await syncService.pull(requireText(ctx, 'name'), ctx as unknown as Context, { dryRun });
};

const retry: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  ctx.body = await syncService.retry(requireId(ctx, 'sourceId'), requireId(ctx, 'id'), ctx as unknown as Context);
};

const retryFailed: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  const [sourceId, id] = [requireId(ctx, 'sourceId'), requireId(ctx, 'id')];
  ctx.body = await syncService.retryFailed(sourceId, id, ctx as unknown as Context);
};

const approve: Handler = async (ctx, { syncService: { heldRuns } }) => {
  requirePost(ctx);
  ctx.body = await heldRuns.approve(requireId(ctx, 'id'), currentUserId(ctx));
};

const reject: Handler = async (ctx, { syncService: { heldRuns } }) => {
  requirePost(ctx);
  ctx.body = await heldRuns.reject(requireId(ctx, 'id'), currentUserId(ctx));
};

const runNow: Handler = async (ctx, { syncService: { heldRuns } }) => {
  requirePost(ctx);
  ctx.body = await heldRuns.runNow(requireId(ctx, 'id'), currentUserId(ctx));
};

const purge: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  const flags = { dryRun: optionalFlag(ctx, 'dryRun'), deletesSource: optionalFlag(ctx, 'deleteSource') };
  ctx.body = await syncService.purge(requireId(ctx, 'sourceId'), flags, currentUserId(ctx));
};

/** Tries a source that is stored, or one that is being configured: what is empty or absent of it is taken from the stored one. */
const testConnection: Handler = async (ctx, { syncService }) => {
  requirePost(ctx);
  const id = param(ctx, 'id') === undefined ? undefined : requireId(ctx, 'id');
  const submitted = param(ctx, 'options');
  const options = submitted === undefined ? undefined : requireOptions(submitted);
  const message = await syncService.testConnection(
    { id, sourceType: id === undefined ? requireText(ctx, 'sourceType') : undefined, options },
    ctx as unknown as Context,
  );
  ctx.body = { message };
};

const currentUserId = (ctx: ActionContext) => ctx.state.currentUser?.id;

const updateSettings: Handler = async (ctx) => {
  requirePost(ctx);
  requireJson(ctx);
  await saveSettings(ctx);
};

/** Without its type the host reads a body as a form or not at all, and everything in it would seem to be missing. */
function requireJson(ctx: ActionContext): void {
  if (ctx.is('json', '+json') === false)
    throw new SyncError('INVALID_REQUEST', { path: 'Content-Type', expected: 'application/json' });
}

/** `code` and `message` are those of the official plugin, whatever became of the records; `status` is that of the task. */
async function toldPush({ taskId, status, wouldBeHeld, memberships, result }: PushAnswer, translate: Translate) {
  const { error, ...held } = wouldBeHeld ?? {};
  return {
    code: 0,
    message: 'success',
    taskId,
    status,
    result: await translateResults(result, translate),
    ...(memberships ? { memberships } : {}),
    ...(error ? { wouldBeHeld: { ...held, message: error.translated(translate) } } : {}),
  };
}

/** Results in the language of the request, without what only this process needs. */
async function translateResults(results: readonly SyncResult[], translate: Translate): Promise<object[]> {
  const breather = new Breather();
  const inLanguage = async <T extends Told, R extends object>(items: readonly T[], more: (item: T) => R) => {
    const translated: object[] = [];
    for (const item of items) {
      const { code, params } = item;
      translated.push({ ...more(item), code, message: messageOf(code, params, translate) });
      await breather.breathe();
    }
    return translated;
  };
  const answers: object[] = [];
  for (const { resource, detail } of results) {
    const { count, omitted } = detail;
    const failedRecords = await inLanguage(detail.failedRecords, ({ record, isCut }) => ({
      record,
      ...(isCut ? { isCut } : {}),
    }));
    const warnings = await inLanguage(detail.warnings, ({ count: records, uids }) => ({ count: records, uids }));
    answers.push({ resource, detail: { count, failedRecords, warnings, ...(omitted ? { omitted } : {}) } });
  }
  return answers;
}

/** What of a result has a message. */
type Told = Pick<FailedRecord, 'code' | 'params'>;
