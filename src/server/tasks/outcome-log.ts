import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../database/insert-rows';
import { inSlices } from '../database/slices';
import { toStorable } from '../database/storable-text';
import { inTransaction } from '../database/transaction';
import { messageOf } from '../errors';
import { excerpt, MAX_CHANGE_LENGTH, MAX_CHANGED_FIELDS } from '../limits';
import type { LoggedOutcome, FieldChanges } from '../model/outcome';
import { maskSecrets } from '../security/secrets';
import type { SyncTask } from './task';

type Waiting = LoggedOutcome & { readonly held: boolean };

/** So many are made ready and written at once. */
const OUTCOMES_PER_WRITE = 500;

/** Keeps what became of records in `userDataSyncOutcomes`, in bulk. */
export class OutcomeLog {
  private readonly waiting: Waiting[] = [];

  /** `isSeen`: somebody has looked at what the run removes, so that the safeguard does not count it against later ones. */
  constructor(
    private readonly db: Database,
    private readonly task: SyncTask,
    private readonly isSeen = false,
  ) {}

  /** Keeps outcomes as part of the transaction that writes what they are about. */
  async write(outcomes: readonly LoggedOutcome[], transaction: Transaction): Promise<void> {
    await this.insert(
      outcomes.map((outcome) => ({ ...outcome, held: false })),
      transaction,
    );
  }

  /** Keeps an outcome at the next `flush`. `held`: what would have become of a record without the safeguard. */
  add(outcome: LoggedOutcome, { held = false } = {}): void {
    this.waiting.push({ ...outcome, held });
  }

  async flush(): Promise<void> {
    const outcomes = [...this.waiting];
    if (outcomes.length === 0) return;
    // One transaction for all statements: each commit waits for the disk.
    await inTransaction(this.db, (transaction) => this.insert(outcomes, transaction));
    this.waiting.splice(0, outcomes.length);
  }

  private async insert(outcomes: readonly Waiting[], transaction: Transaction): Promise<void> {
    const at = new Date();
    for (const slice of inSlices(outcomes, OUTCOMES_PER_WRITE)) {
      const rows = slice.map((outcome) => ({ ...this.toRow(outcome), at }));
      await insertRows(this.db.getModel('userDataSyncOutcomes'), rows, transaction);
    }
  }

  private toRow(outcome: Waiting) {
    const { target, dataType, kind, removal, held, uid, name, action, rowId, code, params, changes } = outcome;
    const isCounted = removal !== undefined && !held && !this.isSeen && !this.task.dryRun;
    return {
      taskId: this.task.id,
      attempt: this.task.attempt,
      target,
      dataType,
      kind,
      held,
      uid: toStorable(uid, 255),
      name: toStorable(name, 255),
      action,
      rowId: rowId === undefined ? null : String(rowId),
      code: code ?? null,
      params: params ?? null,
      message: code ? messageOf(code, params).replaceAll('\0', '') : null,
      changes: changes ? bounded(changes) : null,
      countedFor: isCounted ? this.task.sourceId : null,
      adopted: removal === 'adopted',
    };
  }
}

/** Large values are cut in the log; the row itself has them whole. */
function bounded(changes: FieldChanges): unknown {
  const cut = (value: unknown) => excerpt(value, MAX_CHANGE_LENGTH).value;
  const entries = Object.entries(changes)
    .slice(0, MAX_CHANGED_FIELDS)
    .map(([field, change]) => [field, { old: cut(change.old), new: cut(change.new) }]);
  return maskSecrets(Object.fromEntries(entries));
}
