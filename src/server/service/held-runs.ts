import type { Database } from '@nocobase/database';
import { readInPages } from '../database/read-pages';
import { SyncError } from '../errors';
import { Approval, type ShownRemoval } from '../pipeline/approval';
import type { Batch } from '../pipeline/batches';
import type { PrimaryKey } from '../pipeline/contracts';
import { rulesOf, type SourceRepository, type SyncSourceModel } from '../sources';
import type { HeldDeliveryStore, TaskMode, TaskStore } from '../tasks';
import { purgedBatches } from './purged-batches';
import type { RunLauncher } from './run-launcher';

/** Lets people decide about runs that wait for them: what the safeguard holds, and what was only previewed. */
export class HeldRuns {
  constructor(
    private readonly db: Database,
    private readonly sources: SourceRepository,
    private readonly tasks: TaskStore,
    private readonly held: HeldDeliveryStore,
    private readonly launcher: RunLauncher,
  ) {}

  /** Runs a blocked task as it was held; it is held again when it would do more to anybody than what was shown. */
  async approve(taskId: PrimaryKey, userId?: PrimaryKey): Promise<{ taskId: PrimaryKey }> {
    const row = await this.tasks.requireBlocked(taskId);
    const mode = row.get('mode') as TaskMode;
    const source = await this.sources.toRun(row.get('sourceId') as PrimaryKey, mode);
    const batches = await this.batchesOf(mode, source, taskId);
    const approval = await this.approvalOf(taskId, (row.get('attempt') as number | null) ?? 1);
    const receivedAt = row.get('receivedAt') as Date;
    const task = await this.tasks.approve(source, taskId, userId);
    this.launcher.inBackground(source, task, () => ({
      from: { batches },
      rules: rulesOf(source.rules),
      receivedAt,
      approval,
    }));
    return { taskId: task.id };
  }

  async reject(taskId: PrimaryKey, userId?: PrimaryKey): Promise<{ taskId: PrimaryKey }> {
    const id = await this.tasks.reject(taskId, userId);
    await this.held.drop(id);
    return { taskId: id };
  }

  /** Runs what a preview previewed, as a task of its own. */
  async runNow(taskId: PrimaryKey, userId?: PrimaryKey): Promise<{ taskId: PrimaryKey }> {
    const row = await this.tasks.require(taskId);
    const isPreview = Boolean(row.get('dryRun')) && ['success', 'partially_failed'].includes(String(row.get('status')));
    if (!isPreview) throw new SyncError('TASK_NOT_PREVIEW', { task: String(taskId) });
    const mode = row.get('mode') as TaskMode;
    const source = await this.sources.toRun(row.get('sourceId') as PrimaryKey, mode);
    const newer = await this.tasks.newerThan(row);
    if (newer !== undefined) throw new SyncError('TASK_OUTDATED', { task: String(taskId), newer: String(newer) });
    const batches = await this.batchesOf(mode, source, taskId);
    const receivedAt = row.get('receivedAt') as Date;
    const task = await this.tasks.start(source, {
      trigger: 'manual',
      startedBy: userId,
      mode,
      deletesSource: Boolean(row.get('deletesSource')),
      receivedAt,
    });
    await this.held.move(taskId, task.id);
    this.launcher.inBackground(source, task, () => ({ from: { batches }, rules: rulesOf(source.rules), receivedAt }));
    return { taskId: task.id };
  }

  private async batchesOf(mode: TaskMode, source: SyncSourceModel, taskId: PrimaryKey): Promise<readonly Batch[]> {
    const batches = mode === 'purge' ? purgedBatches(source.name) : await this.held.load(taskId);
    if (batches.length === 0) throw new SyncError('DELIVERY_GONE', { task: String(taskId) });
    return batches;
  }

  /** Covers what the list of a blocked task says would be removed. */
  private async approvalOf(taskId: PrimaryKey, attempt: number): Promise<Approval> {
    const query = { attributes: ['id', 'target', 'uid', 'action'], where: { taskId, attempt, kind: 'removal' } };
    const outcomes = this.db.getModel('userDataSyncOutcomes');
    return new Approval(await readInPages<ShownRemoval & { id: PrimaryKey }>(outcomes, query, 'id'));
  }
}
