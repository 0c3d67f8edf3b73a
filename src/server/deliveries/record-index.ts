import type { Rejection, SyncRecord } from '../model/records';
import type { RecordSetIndex } from './record-set';

const PRESENT = 0;
const DELETED = 1;
const REJECTED = 2;
/** What became of a record and where it stood are one number, because there may be hundreds of thousands. */
const STATES = 3;

/** Knows of each uid where it was delivered last, which is what counts. */
export class RecordIndex implements RecordSetIndex {
  rejected = 0;
  unreadable = 0;
  private readonly counts = [0, 0, 0];
  private readonly last = new Map<string, number>();
  /** Uids that were delivered several times, and where first. */
  private readonly repeated = new Map<string, number>();

  get present(): number {
    return this.counts[PRESENT];
  }

  get deleted(): number {
    return this.counts[DELETED];
  }

  has(uid: string): boolean {
    return this.last.has(uid);
  }

  isRejected(uid: string): boolean {
    return (this.last.get(uid) ?? PRESENT) % STATES === REJECTED;
  }

  add({ uid, position, isDeleted }: SyncRecord): void {
    this.note(uid, position, isDeleted ? DELETED : PRESENT);
  }

  /** The last one counts, also when it is wrong: what came before it is out of date. */
  reject({ uid }: Rejection, position: number): void {
    this.rejected += 1;
    if (uid === null) this.unreadable += 1;
    else this.note(uid, position, REJECTED);
  }

  /** Whether a record is the last one that was delivered with its uid. */
  isLast({ uid, position }: SyncRecord): boolean {
    return Math.floor((this.last.get(uid) ?? -1) / STATES) === position;
  }

  /** Whether something was delivered before a record with its uid. */
  isRepeated({ uid, position }: SyncRecord): boolean {
    const first = this.repeated.get(uid);
    return first !== undefined && first < position;
  }

  private note(uid: string, position: number, state: number): void {
    const before = this.last.get(uid);
    const at = before === undefined ? -1 : Math.floor(before / STATES);
    if (before !== undefined) this.repeated.set(uid, Math.min(this.repeated.get(uid) ?? at, at, position));
    if (position < at) return;
    if (before !== undefined) this.counts[before % STATES] -= 1;
    this.counts[state] += 1;
    this.last.set(uid, position * STATES + state);
  }
}
