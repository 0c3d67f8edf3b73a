import type { Database } from '@nocobase/database';
import { insertRows } from '../database/insert-rows';
import { inTransaction } from '../database/transaction';
import { toStorable } from '../database/storable-text';
import { messageOf } from '../errors';
import type { LoggedOutcome } from '../pipeline/report';
import type { FieldChanges } from '../pipeline/contracts';
import { maskSecrets } from '../security/secrets';
import type { SyncTask } from './task';

/** Longer texts are cut in the log; the row itself has them whole. */
const MAX_VALUE_LENGTH = 500;

/** Collects what became of records and writes it in bulk, to `userDataSyncOutcomes`. */
export class OutcomeLog {
  private waiting: (LoggedOutcome & { readonly held: boolean })[] = [];

  constructor(
    private readonly db: Database,
    private readonly task: SyncTask,
  ) {}

  /** `held` marks what would have become of a record, had the safeguard not stepped in. */
  add(outcome: LoggedOutcome, { held = false } = {}): void {
    this.waiting.push({ ...outcome, held });
  }

  async flush(): Promise<void> {
    const at = new Date();
    const rows = this.waiting.map((outcome) => ({ ...this.toRow(outcome), at }));
    this.waiting = [];
    if (rows.length === 0) return;
    // One transaction for all statements: each commit waits for the disk.
    await inTransaction(this.db, (transaction) =>
      insertRows(this.db.getModel('userDataSyncOutcomes'), rows, transaction),
    );
  }

  private toRow(outcome: (typeof this.waiting)[number]) {
    const { target, dataType, kind, held, uid, name, action, rowId, code, params, changes } = outcome;
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
    };
  }
}

function bounded(changes: FieldChanges): unknown {
  const cut = (value: unknown) =>
    typeof value === 'string' && value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value;
  const entries = Object.entries(changes).map(([field, change]) => [
    field,
    { old: cut(change.old), new: cut(change.new) },
  ]);
  return maskSecrets(Object.fromEntries(entries));
}
