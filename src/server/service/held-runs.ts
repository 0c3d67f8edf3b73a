import type { TaskMode } from '../../common/tasks';
import type { DeliverySpool } from '../deliveries';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { SourceRepository } from '../sources';
import type { TaskStore } from '../tasks';
import type { TaskRunner } from './task-runner';

/** Lets people decide about runs that wait for them: what the safeguard holds, and what was only previewed. */
export class HeldRuns {
  constructor(
    private readonly sources: SourceRepository,
    private readonly tasks: TaskStore,
    private readonly spool: DeliverySpool,
    private readonly runner: TaskRunner,
  ) {}

  /** Runs a blocked task as it was held; it is held again when it would remove more than what was shown. */
  async approve(taskId: PrimaryKey, userId?: PrimaryKey): Promise<{ taskId: PrimaryKey }> {
    const row = await this.tasks.requireBlocked(taskId);
    const mode = row.get('mode') as TaskMode;
    const source = await this.sources.toRun(row.get('sourceId') as PrimaryKey, mode);
    await this.requireDelivery(mode, taskId);
    const id = await this.tasks.approve(source, taskId, { userId });
    this.runner.inBackground(id, source.name);
    return { taskId: id };
  }

  /** The run that has been given newer data than one that waits for approval, which then cannot be approved any more. */
  async newerThan(taskId: PrimaryKey): Promise<PrimaryKey | undefined> {
    const row = await this.tasks.require(taskId);
    return row.get('status') === 'blocked' ? this.tasks.newerThan(row) : undefined;
  }

  async reject(taskId: PrimaryKey, userId?: PrimaryKey): Promise<{ taskId: PrimaryKey }> {
    const id = await this.tasks.reject(taskId, userId);
    await this.spool.drop(id);
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
    await this.requireDelivery(mode, taskId);
    const id = await this.tasks.queue(source, {
      kind: mode === 'purge' ? 'purge' : 'delivery',
      trigger: 'manual',
      request: { userId },
      mode,
      deletesSource: Boolean(row.get('deletesSource')),
      receivedAt: row.get('receivedAt') as Date,
    });
    await this.spool.move(taskId, id);
    this.runner.inBackground(id, source.name);
    return { taskId: id };
  }

  /** Fails with `DELIVERY_GONE` when what is to be applied is not kept any more. */
  private async requireDelivery(mode: TaskMode, taskId: PrimaryKey): Promise<void> {
    if (mode !== 'purge' && !(await this.spool.has(taskId)))
      throw new SyncError('DELIVERY_GONE', { task: String(taskId) });
  }
}
