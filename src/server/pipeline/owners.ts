import type { SyncDataType } from '../records/types';
import type { SyncTarget } from './contracts';

/** Names of targets, by the type of data whose records are there as long as they have an active link to one of them. */
export type TargetNames = (dataType: SyncDataType) => string[];

/** The targets of a run. */
export interface Targets {
  accepting(dataType: SyncDataType): readonly SyncTarget[];
}

export function ownersAmong(targets: Targets): TargetNames {
  return (dataType) =>
    targets
      .accepting(dataType)
      .filter((target) => ownsRows(target, dataType))
      .map(({ name }) => name);
}

/** Whether records of a type are there as long as they have an active link to this target. */
export function ownsRows(target: SyncTarget, dataType: SyncDataType): boolean {
  return (target.owns ?? target.accepts).includes(dataType);
}
