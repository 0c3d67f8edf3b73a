import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { inTransaction, isUniqueViolation } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import { API_SOURCE_TYPE } from './api-source';
import type { SyncSourceModel } from './source-model';

/** Who is allowed to push for which sources: over HTTP only for sources of type `api`. */
export type PushScope = 'http' | 'in-process';

/** Finds and makes configured sources. */
export class SourceRepository {
  constructor(private readonly db: Database) {}

  /** A source by its name; it must be enabled. */
  async enabledByName(name: string): Promise<SyncSourceModel> {
    return requireEnabled(await this.byName(name), name);
  }

  /** A source by its id; it must be enabled. */
  async enabledById(id: PrimaryKey): Promise<SyncSourceModel> {
    const source = (await this.repository.findOne({ filterByTk: id })) as SyncSourceModel | null;
    return requireEnabled(source, String(id));
  }

  /**
   * The source that a push names. A name that nobody has used makes a source of type `api`. Over HTTP, the name of a
   * source that pulls is refused, and so is that of a deleted source whose records are still there: a key made for
   * pushing must not reach what another source owns.
   */
  async forPush(name: string, scope: PushScope): Promise<SyncSourceModel> {
    const source = await this.byName(name);
    if (source) {
      if (scope === 'http' && source.sourceType !== API_SOURCE_TYPE)
        throw new SyncError('SOURCE_NOT_PUSHABLE', { source: name });
      return requireEnabled(source, name);
    }
    if (scope === 'http' && (await this.hasRecords(name))) throw new SyncError('SOURCE_NOT_PUSHABLE', { source: name });
    return this.addApiSource(name);
  }

  /** Two first pushes at the same time mean the same source. */
  private async addApiSource(name: string): Promise<SyncSourceModel> {
    const values = { name, sourceType: API_SOURCE_TYPE, enabled: true, options: {} };
    try {
      return await inTransaction(this.db, async (transaction) => {
        const made = await this.byName(name, transaction);
        return made ?? ((await this.repository.create({ values, transaction })) as SyncSourceModel);
      });
    } catch (error) {
      const made = isUniqueViolation(error) ? await this.byName(name) : null;
      if (!made) throw error;
      return made;
    }
  }

  private async hasRecords(name: string): Promise<boolean> {
    return (
      (await this.db.getModel('userDataSyncRecords').findOne({ attributes: ['id'], where: { sourceName: name } })) !==
      null
    );
  }

  private async byName(name: string, transaction?: Transaction): Promise<SyncSourceModel | null> {
    return (await this.repository.findOne({ filter: { name }, transaction })) as SyncSourceModel | null;
  }

  private get repository() {
    return this.db.getRepository('userDataSyncSources');
  }
}

function requireEnabled(source: SyncSourceModel | null, name: string): SyncSourceModel {
  if (!source) throw new SyncError('SOURCE_NOT_FOUND', { source: name });
  if (!source.enabled) throw new SyncError('SOURCE_DISABLED', { source: source.name });
  return source;
}
