import type { Database, Model } from '@nocobase/database';
import { groupBy } from '../../database/group-by';
import type { PrimaryKey } from '../../model/primary-key';
import { POWERFUL_COLLECTIONS } from './powers';

/** What a role may do, as it is stored. */
export interface RolePermissions {
  readonly name: string;
  /** Every new user gets it. */
  readonly isDefault: boolean;
  readonly snippets: readonly string[];
  /** What it may do with all data: `update` with any row, `update:own` with its own; `*` for everything. */
  readonly strategy: readonly string[];
  /** Powerful collections with permissions of their own, which stand in the place of the strategy. */
  readonly collections: ReadonlyMap<string, readonly CollectionAction[]>;
}

/** An action that a role may do with rows of a collection. */
export interface CollectionAction {
  readonly name: string;
  /** Only with rows that the person made. */
  readonly isOwn: boolean;
}

/** Reads all roles from the database: what one process remembers of them may be old. */
export async function readRolePermissions(db: Database): Promise<RolePermissions[]> {
  if (!db.hasCollection('roles')) return [];
  const roles = await db.getModel<Model>('roles').findAll({ attributes: ['name', 'default', 'snippets', 'strategy'] });
  const strategies = await readStrategies(db);
  const collections = await readCollections(db);
  return roles.map((role) => {
    const name = String(role.get('name'));
    return {
      name,
      isDefault: Boolean(role.get('default')),
      snippets: textsOf(role.get('snippets')),
      strategy: actionsOf(strategies.has(name) ? strategies.get(name) : role.get('strategy')),
      collections: collections.get(name) ?? new Map<string, CollectionAction[]>(),
    };
  });
}

/** The strategy of each role in the host's own data source, which is the one that counts. */
async function readStrategies(db: Database): Promise<Map<string, unknown>> {
  if (!db.hasCollection('dataSourcesRoles')) return new Map();
  const rows = await db.getModel<Model>('dataSourcesRoles').findAll({ where: { dataSourceKey: 'main' } });
  return new Map(rows.map((row) => [String(row.get('roleName')), row.get('strategy')]));
}

/** Role → collection → what it may do with it. */
async function readCollections(db: Database): Promise<Map<string, Map<string, CollectionAction[]>>> {
  const found = new Map<string, Map<string, CollectionAction[]>>();
  if (!db.hasCollection('dataSourcesRolesResources')) return found;
  const read = async <T>(collection: string, attributes: string[], where: object) =>
    (await db.getModel(collection).findAll({ attributes, where, raw: true } as never)) as unknown as T[];
  const resources = await read<{ id: PrimaryKey; roleName: string; name: string; usingActionsConfig: unknown }>(
    'dataSourcesRolesResources',
    ['id', 'roleName', 'name', 'usingActionsConfig'],
    { dataSourceKey: 'main', name: POWERFUL_COLLECTIONS },
  );
  if (resources.length === 0) return found;
  const actions = await read<{ rolesResourceId: PrimaryKey; name: string; scopeId: PrimaryKey | null }>(
    'dataSourcesRolesResourcesActions',
    ['rolesResourceId', 'name', 'scopeId'],
    { rolesResourceId: resources.map(({ id }) => id) },
  );
  const own = await read<{ id: PrimaryKey }>('dataSourcesRolesResourcesScopes', ['id'], { key: 'own' });
  const ownIds = new Set(own.map(({ id }) => String(id)));
  const byResource = groupBy(actions, ({ rolesResourceId }) => String(rolesResourceId));
  for (const { id, roleName, name, usingActionsConfig } of resources) {
    // Switched off, the collection follows the strategy.
    if (usingActionsConfig === false || usingActionsConfig === 0) continue;
    const allowed = (byResource.get(String(id)) ?? []).map((action) => ({
      name: action.name,
      isOwn: ownIds.has(String(action.scopeId)),
    }));
    found.set(roleName, (found.get(roleName) ?? new Map<string, CollectionAction[]>()).set(name, allowed));
  }
  return found;
}

function actionsOf(strategy: unknown): readonly string[] {
  const actions = (strategy as { actions?: unknown } | null | undefined)?.actions;
  return textsOf(typeof actions === 'string' ? [actions] : actions);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
