import { col, fn } from 'sequelize';
import type { Model } from '@nocobase/database';
import type { ActionContext } from '../host/requests/context';
import { exposedOf, type Exposed } from './resources/exposed-fields';
import { presentRows } from './resources/present';

const { fields } = exposedOf('userDataSyncTasks') as Exposed;
const wholeTask = { fields: new Set(Object.keys(fields)), relations: new Map<string, ReadonlySet<string>>() };

interface Listed {
  rows: { id?: number | string }[];
}

/** Adds to each source of a list how its last run went, as `lastTask`: two statements for the whole list. */
export async function withLastTasks(body: unknown, ctx: ActionContext): Promise<unknown> {
  const rows = rowsOf(body);
  // Without ids, because other fields were asked for, there is nothing to find tasks by.
  if (rows.length === 0 || rows[0].id === undefined) return body;
  const model = ctx.db.getModel<Model>('userDataSyncTasks');
  const newest = (await model.findAll({
    attributes: ['sourceId', [fn('MAX', col('id')), 'id']],
    where: { sourceId: rows.map(({ id }) => id) },
    group: ['sourceId'],
    raw: true,
  })) as unknown as { id: number | string }[];
  const tasks = await model.findAll({ where: { id: newest.map(({ id }) => id) } });
  const bySource = new Map(tasks.map((task) => [String(task.get('sourceId')), presentRows(task, wholeTask)]));
  const listed = rows.map((row) => ({ ...row, lastTask: bySource.get(String(row.id)) ?? null }));
  return Array.isArray(body) ? listed : { ...(body as Listed), rows: listed };
}

function rowsOf(body: unknown): Listed['rows'] {
  if (Array.isArray(body)) return body as Listed['rows'];
  return (body as Partial<Listed> | undefined)?.rows ?? [];
}
