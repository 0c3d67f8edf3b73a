import type { SyncDataType } from '../../common/records';
import { linkResourceOf, type SyncTarget } from './contracts';

/**
 * The targets that decide whether a record of a type is there: it is, as long as it has an active link to one of them.
 * Gives back the `resource` of their links.
 */
export type DecidingTargets = (dataType: SyncDataType) => string[];

/** The targets of a run. */
export interface Targets {
  /** Active targets that take a type of data, in the order in which they are written. */
  accepting(dataType: SyncDataType): readonly SyncTarget[];
  /** All active targets, in that order. */
  active(): readonly SyncTarget[];
}

export function decidingAmong(targets: Targets): DecidingTargets {
  return (dataType) =>
    targets
      .accepting(dataType)
      .filter((target) => decidesPresence(target, dataType))
      .map(linkResourceOf);
}

/** Whether an active link to this target means that a record of a type is there. */
export function decidesPresence(target: SyncTarget, dataType: SyncDataType): boolean {
  return (target.owns ?? target.accepts).includes(dataType);
}
