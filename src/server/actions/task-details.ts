import { Readable } from 'node:stream';
import type { Model } from '@nocobase/database';
import { stringify } from 'csv-stringify/sync';
import { Op } from 'sequelize';
import { fromJsonColumn } from '../database/json-column';
import { messageOf, SyncError, type ErrorCode, type MessageParams, type Translate } from '../errors';
import type { ActionContext } from '../host/requests/context';
import { translatorOf } from '../host/requests/translate';
import { readPayload } from '../payload-log/read-payload';
import { harmlessCell } from './harmless-cell';
import { requireId } from './params';

const ROWS_PER_PAGE = 1000;
const COLUMNS = ['target', 'uid', 'name', 'action', 'code', 'reason', 'changes'] as const;

interface OutcomeRow {
  id: number | string;
  target: string;
  uid: string;
  name: string;
  action: string;
  code: ErrorCode | null;
  params: unknown;
  message: string | null;
  changes: unknown;
}

/**
 * What became of the records of a task, as CSV: all rows of its last attempt, read page by page. Cells that a
 * spreadsheet would take for a formula are made harmless.
 */
export async function exportOutcomes(ctx: ActionContext): Promise<void> {
  const task = await findTask(ctx);
  const where = { taskId: task.get('id') as number, attempt: (task.get('attempt') as number | null) ?? 1 };
  download(ctx, `sync-task-${String(task.get('id'))}.csv`, 'text/csv; charset=utf-8');
  ctx.body = Readable.from(csvPages(ctx, where));
}

/** What the source delivered in a task, as it was received, as JSON lines. */
export async function downloadPayload(ctx: ActionContext, logFolder: string): Promise<void> {
  const task = await findTask(ctx);
  // All attempts: each one has delivered.
  const from = new Date(task.get('createdAt') as string);
  const to = new Date((task.get('finishedAt') as string | null) ?? Date.now());
  download(ctx, `sync-task-${String(task.get('id'))}.jsonl`, 'application/x-ndjson; charset=utf-8');
  ctx.body = Readable.from(readPayload(logFolder, String(task.get('id')), from, to));
}

async function findTask(ctx: ActionContext): Promise<Model> {
  const id = requireId(ctx, 'taskId');
  const task = await ctx.db.getModel<Model>('userDataSyncTasks').findByPk(id);
  if (!task) throw new SyncError('TASK_NOT_FOUND', { task: id });
  return task;
}

async function* csvPages(ctx: ActionContext, where: object): AsyncGenerator<string> {
  const translate = translatorOf(ctx);
  const model = ctx.db.getModel('userDataSyncOutcomes');
  for (let last: number | string = 0; ;) {
    const page = (await model.findAll({
      where: { ...where, id: { [Op.gt]: last } },
      order: ['id'],
      limit: ROWS_PER_PAGE,
      raw: true,
    })) as unknown as OutcomeRow[];
    const isFirst = last === 0;
    const cells = page.map((row) => toCells(row, translate));
    yield stringify(cells, { header: isFirst, bom: isFirst, columns: [...COLUMNS], quoted: true, quoted_empty: true });
    if (page.length < ROWS_PER_PAGE) return;
    last = page[page.length - 1].id;
  }
}

function toCells({ target, uid, name, action, code, params, message, changes }: OutcomeRow, translate: Translate) {
  const reason = code ? messageOf(code, (fromJsonColumn(params) ?? {}) as MessageParams, translate) : (message ?? '');
  const fields = Object.entries((fromJsonColumn(changes) ?? {}) as Record<string, { old: unknown; new: unknown }>);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  const changed = fields.map(([field, change]) => `${field}: ${text(change.old)} → ${text(change.new)}`).join('; ');
  const cells = { target, uid, name, action, code: code ?? '', reason, changes: changed };
  return Object.fromEntries(Object.entries(cells).map(([column, cell]) => [column, harmlessCell(cell ?? '')]));
}

function download(ctx: ActionContext, name: string, type: string): void {
  ctx.set('Content-Disposition', `attachment; filename="${name}"`);
  ctx.set('Content-Type', type);
  // It has names and addresses of people: no browser or proxy keeps it, and no browser takes it for a page.
  ctx.set('Cache-Control', 'no-store');
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.withoutDataWrapping = true;
}
