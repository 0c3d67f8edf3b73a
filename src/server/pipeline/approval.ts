import type { OutcomeAction } from '../../common/outcomes';
import type { LoggedOutcome } from '../model/outcome';

/** A removal that somebody was shown. */
export type ShownRemoval = Pick<LoggedOutcome, 'target' | 'uid' | 'action'>;

/** How much of a row is lost. A row that could not be removed was not in the list of removals. */
const SEVERITY: Partial<Record<OutcomeAction, number>> = { unlinked: 1, disabled: 2, deleted: 3 };

/** What somebody approved: these rows may be removed as the list showed, or less severely, whatever the limits say. */
export class Approval {
  private readonly shown: ReadonlyMap<string, number>;

  constructor(removals: readonly ShownRemoval[]) {
    this.shown = new Map(removals.map((removal) => [keyOf(removal), severityOf(removal)]));
  }

  /** Whether what would be removed now was shown like this, or as more than this. */
  covers(removals: readonly ShownRemoval[]): boolean {
    return removals.every((removal) => severityOf(removal) <= (this.shown.get(keyOf(removal)) ?? 0));
  }
}

const keyOf = ({ target, uid }: ShownRemoval) => JSON.stringify([target, uid]);
const severityOf = ({ action }: ShownRemoval) => SEVERITY[action] ?? 0;
