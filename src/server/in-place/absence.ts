import type { Database } from '@nocobase/database';
import { Op } from 'sequelize';
import { inTransaction } from '../database/transaction';

/** So many users or sources are named in a line of the log. */
const NAMED = 20;

/**
 * What happened while the built-in plugin was in its place again: this one was disabled, or its files were missing. It
 * stores when it was in charge last, and compares when it is back.
 */
export class Absence {
  constructor(private readonly db: Database) {}

  /** Stores that this plugin is in charge up to now. */
  async remember(): Promise<void> {
    await inTransaction(this.db, async (transaction) => {
      await this.presence.upsert({ id: 1, inChargeUntil: new Date() }, { transaction });
    });
  }

  /** Lines for the log; none when nothing happened. */
  async describe(): Promise<string[]> {
    const since = await this.inChargeUntil();
    if (!since) return [];
    const lines = [...(await this.signIns(since)), ...(await this.tasks(since)), ...(await this.records(since))];
    return lines.map((line) => `user data synchronization was not in charge after ${since.toISOString()}: ${line}`);
  }

  private get presence() {
    return this.db.getModel('userDataSyncPresence');
  }

  private async inChargeUntil(): Promise<Date | undefined> {
    const row = await this.presence.findOne({ where: { id: 1 } });
    const stored = row?.get('inChargeUntil') as Date | null | undefined;
    if (!stored) return undefined;
    // After a crash what was stored is old, but the tasks say that this plugin was there.
    const [beat, end] = await Promise.all([this.lastOwnTask('heartbeatAt'), this.lastOwnTask('finishedAt')]);
    return new Date(Math.max(stored.getTime(), beat, end));
  }

  /** Only tasks of this plugin say what started them. */
  private async lastOwnTask(field: 'heartbeatAt' | 'finishedAt'): Promise<number> {
    const task = await this.db.getModel('userDataSyncTasks').findOne({
      attributes: [field],
      where: { trigger: { [Op.ne]: null }, [field]: { [Op.ne]: null } },
      order: [[field, 'DESC']],
    });
    return (task?.get(field) as Date | undefined)?.getTime() ?? 0;
  }

  private async signIns(since: Date): Promise<string[]> {
    const sessions = this.db.getCollection('issuedTokens')?.model;
    if (!sessions) return [];
    const disabled = await this.db
      .getModel('userDataSyncDisabledUsers')
      .findAll({ attributes: ['userId', 'disabledAt'] });
    const disabledAt = new Map(
      disabled.map((row) => [String(row.get('userId')), (row.get('disabledAt') as Date).getTime()]),
    );
    const signIns = await sessions.findAll({
      attributes: ['userId', 'signInTime'],
      where: { signInTime: { [Op.gt]: since.getTime() } },
    });
    const isDisabled = (userId: string, at: number) => at > (disabledAt.get(userId) ?? Infinity);
    const userIds = signIns
      .filter((row) => isDisabled(String(row.get('userId')), Number(row.get('signInTime'))))
      .map((row) => String(row.get('userId')));
    const ids = [...new Set(userIds)];
    return ids.length > 0
      ? [`disabled users signed in: ${ids.length} (ids ${named(ids)}). They are kept out again`]
      : [];
  }

  private async tasks(since: Date): Promise<string[]> {
    const where = { trigger: null, createdAt: { [Op.gt]: since } };
    const count = await this.db.getModel('userDataSyncTasks').count({ where });
    return count > 0 ? [`tasks of the built-in plugin: ${count}`] : [];
  }

  private async records(since: Date): Promise<string[]> {
    const records = this.db.getModel('userDataSyncRecords');
    const where = { updatedAt: { [Op.gt]: since } };
    const count = await records.count({ where });
    if (count === 0) return [];
    const rows = await records.findAll({ attributes: ['sourceName'], where, group: ['sourceName'] });
    const names = rows.map((row) => String(row.get('sourceName')));
    const sources = await this.db
      .getModel('userDataSyncSources')
      .findAll({ attributes: ['name'], where: { name: names } });
    const known = new Set(sources.map((row) => String(row.get('name'))));
    const unknown = names.filter((name) => !known.has(name));
    const line = `records that came in through the built-in plugin: ${count}`;
    if (unknown.length === 0) return [line];
    return [
      `${line}, some under names that no source has: ${named(unknown)}. Add sources of these names to go on with them`,
    ];
  }
}

const named = (names: readonly string[]) => names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '');
