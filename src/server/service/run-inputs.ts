import type { Database } from '@nocobase/database';
import type { Context } from '@nocobase/actions';
import { readInPages } from '../database/read-pages';
import type { RecordSet, DeliverySpool } from '../deliveries';
import { SyncError } from '../errors';
import type { Delivery } from '../model/records';
import type { OriginRecordStore } from '../links';
import type { PrimaryKey } from '../model/primary-key';
import type { RunRequest } from '../model/run-request';
import { Approval, type ShownRemoval } from '../pipeline/approval';
import { readStoredRules, type SyncSource, type SyncSourceManager, type SyncSourceModel } from '../sources';
import type { RunInput, RunningTasks, RunResult, SyncTask, TaskStore } from '../tasks';
import { failedDeliveries } from './failed-records';
import { pullDeliveries } from './pull-deliveries';
import { purgedRecordSets } from './purged-record-sets';
import { tellSource } from './source-end';

export interface RunInputDeps {
  readonly db: Database;
  readonly sourceManager: SyncSourceManager;
  readonly tasks: TaskStore;
  readonly spool: DeliverySpool;
  readonly running: RunningTasks;
  readonly origins: () => OriginRecordStore;
  /** What a source sees of the request that asked for its run. */
  readonly contextOf: (request: RunRequest) => Promise<Context>;
}

/** Finds out what a run works on from the row of its task alone, so that any process can run it. */
export class RunInputs {
  constructor(private readonly deps: RunInputDeps) {}

  /** What a task says that its run works on. What cannot be found then breaks the run. */
  of(source: SyncSourceModel, task: SyncTask, signal: AbortSignal): RunInput {
    const rules = readStoredRules(source.rules);
    const approval = task.baseAttempt === null ? undefined : () => this.approvalOf(task);
    switch (task.kind) {
      case 'purge':
        return { from: { received: async () => purgedRecordSets(source.name) }, rules, approval };
      case 'delivery':
        return { from: { received: () => this.receivedRecordSets(source, task) }, rules, approval };
      case 'failedRecords':
        return { from: { stored: this.failedDeliveries(source, task) }, rules };
      default:
        return this.pulled(source, task, signal, async () => {
          requireEnabled(source);
          return this.deps.sourceManager.create(source, await this.deps.contextOf(task.request));
        });
    }
  }

  /** What a source gives when it is asked; it is made when the run begins, so that a failure is the run's. */
  pulled(row: SyncSourceModel, task: SyncTask, signal: AbortSignal, make: () => Promise<SyncSource>): RunInput {
    const { running, sourceManager, tasks } = this.deps;
    let source: SyncSource | undefined;
    const deliveries = async function* () {
      try {
        source = await make();
        yield* pullDeliveries(source, { signal, request: task.request });
      } catch (error) {
        throw sourceManager.failureOf(row, error);
      }
    };
    const onEnd = async (result: RunResult) => {
      if (source && !task.dryRun) await tellSource(source, task, result, { tasks, running });
    };
    return { from: { delivered: deliveries() }, rules: readStoredRules(row.rules), onEnd };
  }

  private async receivedRecordSets(source: SyncSourceModel, { id }: SyncTask): Promise<readonly RecordSet[]> {
    requireEnabled(source);
    return this.deps.spool.open(id);
  }

  private async *failedDeliveries(source: SyncSourceModel, task: SyncTask): AsyncGenerator<Delivery> {
    requireEnabled(source);
    const { db, origins, tasks } = this.deps;
    const row = await tasks.require(task.id);
    yield* failedDeliveries(db, origins(), {
      taskId: task.id,
      attempt: task.baseAttempt ?? task.attempt - 1,
      sourceName: source.name,
      matchKey: (row.get('matchKey') as string | null) ?? undefined,
      newer: await tasks.newerDeliveries(row),
    });
  }

  /** Covers what the list of a blocked task says would be removed. */
  private async approvalOf({ id: taskId, baseAttempt: attempt }: SyncTask): Promise<Approval> {
    const query = { attributes: ['id', 'target', 'uid', 'action'], where: { taskId, attempt, kind: 'removal' } };
    const outcomes = this.deps.db.getModel('userDataSyncOutcomes');
    return new Approval(await readInPages<ShownRemoval & { id: PrimaryKey }>(outcomes, query, 'id'));
  }
}

/** It may have been switched off while the task waited. */
function requireEnabled({ enabled, name }: SyncSourceModel): void {
  if (!enabled) throw new SyncError('SOURCE_DISABLED', { source: name });
}
