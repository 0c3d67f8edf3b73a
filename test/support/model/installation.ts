import { Op, type WhereOptions } from 'sequelize';
import { SyncSource } from '../../../src/server';
import type { TestApp } from '../app';
import type { SourceKey } from './action';
import { ROOT_ID } from './failures';
import { OrganisationModel } from './organisation-model';
import { takeSnapshot } from './snapshot';

/** What the source that pulls gives next, part by part, and whether it breaks before the last one. */
export const nextPull: { parts: object[]; breaks: boolean } = { parts: [], breaks: false };

class ToldSource extends SyncSource {
  async *pull(): AsyncGenerator<never> {
    const { parts, breaks } = nextPull;
    for (const part of breaks ? parts.slice(0, -1) : parts) yield part as never;
    if (breaks) throw new Error('the last part did not come');
  }
}

const SOURCE_TYPES: Readonly<Record<SourceKey, string>> = { pulled: 'told', pushed: 'api' };

const EMPTIED = [
  'departments',
  'departmentsUsers',
  'main_departments_path',
  'userDataSyncDisabledUsers',
  'userDataSyncRecords',
  'userDataSyncRecordsResources',
  'userDataSyncPendingLinks',
  'userDataSyncOutcomes',
  'userDataSyncHeldDeliveries',
  'userDataSyncTasks',
];

export function registerToldSource(host: TestApp): void {
  host.plugin.sourceManager.registerType('told', { syncSource: ToldSource });
}

/** A role that people give by hand, and that no source has to leave alone. */
export const ORDINARY_ROLE = 'guest';

/** Takes an installation back to what it is when it is new: the root user, the sources, and nothing else. */
export async function startOver(host: TestApp): Promise<OrganisationModel> {
  const empty = (name: string, where: WhereOptions) => host.db.getModel(name).destroy({ where, hooks: false });
  for (const name of EMPTIED) await empty(name, {});
  await empty('users', { id: { [Op.ne]: ROOT_ID } });
  await empty('rolesUsers', { userId: { [Op.ne]: ROOT_ID } });
  await empty('userDataSyncSources', {});
  for (const [name, sourceType] of Object.entries(SOURCE_TYPES))
    await host.db
      .getRepository('userDataSyncSources')
      .create({ values: { name, sourceType, enabled: true, options: {} } });
  const roles = host.db.getRepository('roles');
  if (!(await roles.findOne({ filter: { name: ORDINARY_ROLE } })))
    await roles.create({ values: { name: ORDINARY_ROLE, title: 'Guest' } });
  return withRoot(host);
}

/** Of the root user it is only known that nothing of it may change. */
async function withRoot(host: TestApp): Promise<OrganisationModel> {
  const { users, roles } = await takeSnapshot(host);
  const [{ username, email, nickname }] = users as Record<'username' | 'email' | 'nickname', string | null>[];
  const model = new OrganisationModel();
  model.users.set(ROOT_ID, {
    id: ROOT_ID,
    fields: { username, email, nickname },
    roles: new Set(roles.map(({ roleName }) => String(roleName))),
    disabled: null,
    isByHand: true,
    main: null,
  });
  return model;
}
