import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import type { SourceRules } from '../../common/rules';
import { API_SOURCE_NAME, API_SOURCE_TYPE } from '../../common/sources';
import { isUniqueViolation } from '../database/faults';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import { requireNewSourceName } from './new-source-name';
import { readStoredRules } from './parse-rules';
import { requirePushRole, type Pusher } from './push-access';
import type { SyncSourceModel } from './source-model';
import type { SyncSourceManager } from './source-registry';

/** A source that is to be tried: a stored one by its id, or one of a type, with the options of a form. */
export interface TestedSource {
  readonly id?: PrimaryKey;
  readonly sourceType?: string;
  readonly options?: unknown;
}

/** Finds and makes configured sources. */
export class SourceRepository {
  constructor(private readonly db: Database) {}

  /** A source by its name; it must be enabled. */
  async enabledByName(name: string): Promise<SyncSourceModel> {
    return requireEnabled(await this.byName(name), name);
  }

  /** A source by its id; it must be enabled. */
  async enabledById(id: PrimaryKey): Promise<SyncSourceModel> {
    const source = (await this.repository.findOne({ filter: { id } })) as SyncSourceModel | null;
    return requireEnabled(source, String(id));
  }

  /** The source of a run: enabled, unless the run removes what the source imported. */
  async toRun(id: PrimaryKey, mode: unknown): Promise<SyncSourceModel> {
    return mode === 'purge' ? this.byId(id) : this.enabledById(id);
  }

  /** A source by its id, enabled or not. */
  async byId(id: PrimaryKey): Promise<SyncSourceModel> {
    const source = (await this.repository.findOne({ filter: { id } })) as SyncSourceModel | null;
    if (!source) throw new SyncError('SOURCE_NOT_FOUND', { source: String(id) });
    return source;
  }

  /** What administrators decided about a source; the defaults for one that is not configured. */
  async readRules(name: string): Promise<SourceRules> {
    return readStoredRules((await this.byName(name))?.rules);
  }

  /** The id of a source; `undefined` for one that is not configured. */
  async idOf(name: string): Promise<PrimaryKey | undefined> {
    return (await this.byName(name))?.id;
  }

  /** Fails with `SOURCE_BUILT_IN` for the one that is always there. */
  requireDeletable({ name }: SyncSourceModel): void {
    if (name === API_SOURCE_NAME) throw new SyncError('SOURCE_BUILT_IN', { source: name });
  }

  async destroy({ id }: SyncSourceModel): Promise<void> {
    await this.repository.destroy({ filterByTk: id });
  }

  /**
   * The source that a push names. A name that nobody has used makes a source of type `api`; over HTTP only for somebody
   * who may configure sources. Over HTTP, the name of a source that pulls is refused, and so is that of a deleted source
   * whose records are still there: a key made for pushing must not reach what another source owns.
   */
  async forPush(name: string, pusher: Pusher): Promise<SyncSourceModel> {
    const source = await this.byName(name);
    if (pusher !== 'in-process' && !pusher.mayConfigure) requirePushRole(source, name, pusher);
    if (source) {
      if (pusher !== 'in-process' && source.sourceType !== API_SOURCE_TYPE)
        throw new SyncError('SOURCE_NOT_PUSHABLE', { source: name });
      return requireEnabled(source, name);
    }
    if (pusher !== 'in-process' && (await this.hasRecords(name)))
      throw new SyncError('SOURCE_NOT_PUSHABLE', { source: name });
    await requireNewSourceName(this.db, name);
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

  /**
   * A source as it is being configured, never stored: the stored row, if there is one, with the submitted options over
   * it. Secrets that were left empty are those that are stored.
   */
  async toTest({ id, sourceType, options }: TestedSource, manager: SyncSourceManager): Promise<SyncSourceModel> {
    const stored =
      id === undefined ? null : ((await this.repository.findOne({ filter: { id } })) as SyncSourceModel | null);
    if (id !== undefined && !stored) throw new SyncError('SOURCE_NOT_FOUND', { source: String(id) });
    const source =
      stored ?? this.db.getModel<SyncSourceModel>('userDataSyncSources').build({ name: 'test', sourceType });
    manager.get(source.sourceType);
    if (options !== undefined)
      source.set('options', await manager.seal(source.sourceType, options, stored?.get('options')));
    return source;
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
