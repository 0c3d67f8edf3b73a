import type { OutcomeAction } from './contracts';
import type { LoggedOutcome } from './report';

/** A removal that somebody was shown. */
export type ShownRemoval = Pick<LoggedOutcome, 'target' | 'uid' | 'action'>;

/** How much of a row is lost; what could not be removed was not shown as going. */
const SEVERITY: Partial<Record<OutcomeAction, number>> = { unlinked: 1, disabled: 2, deleted: 3 };

/** What somebody approved: these rows may go, each as far as the list said, whatever the limits say. */
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
