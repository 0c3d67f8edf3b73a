import type { OutcomeAction, OutcomeKind } from '../../common/outcomes';
import type { SyncDataType } from '../../common/records';
import type { ErrorCode, MessageParams } from '../errors';
import type { PrimaryKey } from './primary-key';
import type { TrackedRecord } from './tracked-record';

/** A field that changed, with its old and its new value. */
export type FieldChanges = Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>;

/** What became of one record in one target. Failures say why. */
export interface Outcome {
  readonly uid: string;
  readonly name: string;
  readonly action: OutcomeAction;
  /** Primary key of the row, where there is one. */
  readonly rowId?: PrimaryKey;
  readonly changes?: FieldChanges;
  readonly code?: ErrorCode;
  readonly params?: MessageParams;
}

/** The outcome of a record that fails. */
export function failed(tracked: TrackedRecord, name: string, code: ErrorCode, params: MessageParams = {}): Outcome {
  return { uid: tracked.record.uid, name, action: 'failed', code, params };
}

/** An outcome as it is kept with the task. */
export interface LoggedOutcome extends Outcome {
  /** The name under which the target counts it. */
  readonly target: string;
  readonly dataType: SyncDataType;
  readonly kind: OutcomeKind;
  /** For the safeguard: that a row is the source's no more, and whether it was there before the source. */
  readonly removal?: 'made' | 'adopted';
}
