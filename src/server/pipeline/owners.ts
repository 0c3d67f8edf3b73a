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
      .filter((target) => (target.owns ?? target.accepts).includes(dataType))
      .map(({ name }) => name);
}
