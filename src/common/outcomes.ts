/** What is kept with a task. A record that was right already is only counted. */
export const KEPT_ACTIONS = [
  'created',
  'linked',
  'updated',
  'enabled',
  'disabled',
  'unlinked',
  'deleted',
  'failed',
] as const;
/** What can be read in the outcomes of a task. */
export type KeptAction = (typeof KEPT_ACTIONS)[number];

export const OUTCOME_ACTIONS = [...KEPT_ACTIONS, 'unchanged'] as const;
/** What became of a record in a target, or would become of it. */
export type OutcomeAction = (typeof OUTCOME_ACTIONS)[number];

export const OUTCOME_KINDS = ['record', 'removal', 'rejected'] as const;
/** How a record came into a run: as present, as removed from the source, or not understood and so not stored. */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** How many records of a target ended how. Link passes after a run do not count. */
export type TargetCounts = Record<OutcomeAction | 'all' | 'success' | 'warnings', number>;

export const DISABLE_CAUSES = ['sync', 'hand'] as const;
/** What disabled a user: a run, which enables the user again on return, or a person, who alone can do so then. */
export type DisableCause = (typeof DISABLE_CAUSES)[number];
