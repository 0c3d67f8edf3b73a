import type { Model } from '@nocobase/database';
import { col, fn, Op, type ModelStatic, type WhereOptions } from 'sequelize';
import type { TaskStatus } from '../../common/tasks';
import { groupBy } from '../database/group-by';
import type { ActionContext } from '../host/requests/context';
import type { PrimaryKey } from '../model/primary-key';
import { exposedOf, type Exposed } from './resources/exposed-fields';
import { presentRows } from './resources/present';

const { fields } = exposedOf('userDataSyncTasks') as Exposed;
const wholeTask = { fields: new Set(Object.keys(fields)), relations: new Map<string, ReadonlySet<string>>() };

interface Listed {
  rows: { id?: PrimaryKey }[];
}

/**
 * Adds to each source of a list, with four statements for the whole list: `lastTask`, its newest run that was no
 * preview; `lastPreview`, its newest preview if it is newer than that run; and `blockedTaskIds`, the runs that wait for
 * approval, the newest first.
 */
export async function withRuns(body: unknown, ctx: ActionContext): Promise<unknown> {
  const rows = rowsOf(body);
  // Without ids, because other fields were asked for, there is nothing to find tasks by.
  if (rows.length === 0 || rows[0].id === undefined) return body;
  const model = ctx.db.getModel<Model>('userDataSyncTasks');
  const sourceId = rows.map(({ id }) => id as PrimaryKey);
  const runs = await newestIds(model, { sourceId, dryRun: { [Op.not]: true } });
  const previews = await newestIds(model, { sourceId, dryRun: true });
  const blocked = groupBy(await blockedRuns(model, sourceId), (run) => String(run.sourceId));
  const shown = new Map(
    (await model.findAll({ where: { id: [...runs.values(), ...previews.values()] } })).map((task) => [
      String(task.get('id')),
      presentRows(task, wholeTask),
    ]),
  );
  const listed = rows.map((row) => {
    const run = runs.get(String(row.id));
    const preview = previews.get(String(row.id));
    const isNewer = preview !== undefined && (run === undefined || Number(preview) > Number(run));
    return {
      ...row,
      lastTask: shown.get(String(run)) ?? null,
      lastPreview: isNewer ? (shown.get(String(preview)) ?? null) : null,
      blockedTaskIds: (blocked.get(String(row.id)) ?? []).map(({ id }) => id),
    };
  });
  return Array.isArray(body) ? listed : { ...(body as Listed), rows: listed };
}

/** The newest of the tasks of each source. */
async function newestIds(model: ModelStatic<Model>, where: WhereOptions): Promise<Map<string, PrimaryKey>> {
  const rows = (await model.findAll({
    attributes: ['sourceId', [fn('MAX', col('id')), 'id']],
    where,
    group: ['sourceId'],
    raw: true,
  })) as unknown as { sourceId: PrimaryKey; id: PrimaryKey }[];
  return new Map(rows.map(({ sourceId, id }) => [String(sourceId), id]));
}

async function blockedRuns(
  model: ModelStatic<Model>,
  sourceId: readonly PrimaryKey[],
): Promise<{ sourceId: PrimaryKey; id: PrimaryKey }[]> {
  const status: TaskStatus = 'blocked';
  return (await model.findAll({
    attributes: ['sourceId', 'id'],
    where: { sourceId: [...sourceId], status },
    order: [['id', 'DESC']],
    raw: true,
  })) as unknown as { sourceId: PrimaryKey; id: PrimaryKey }[];
}

function rowsOf(body: unknown): Listed['rows'] {
  if (Array.isArray(body)) return body as Listed['rows'];
  return (body as Partial<Listed> | undefined)?.rows ?? [];
}
