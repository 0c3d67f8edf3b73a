/** What holds for all sources. */
export interface Settings {
  /** So long it is kept what became of each record of a run, in days. */
  readonly outcomeDays: number;
  /** So long tasks are kept, in days. */
  readonly taskDays: number;
  /** So many users may be enabled; `null` for as many as there are. */
  readonly userLimit: number | null;
  /** So far back the safeguard counts what a source has removed, in hours. */
  readonly removalWindowHours: number;
  /** So long a run that is held waits for a decision, in days. */
  readonly heldDays: number;
}

export const DEFAULT_SETTINGS: Settings = {
  outcomeDays: 90,
  taskDays: 365,
  userLimit: null,
  removalWindowHours: 24,
  heldDays: 30,
};

/** Each is at least 1, and at most this. */
export const MAX_SETTINGS: Readonly<Record<keyof Settings, number>> = {
  outcomeDays: 36_500,
  taskDays: 36_500,
  userLimit: 10_000_000,
  /** 30 days. */
  removalWindowHours: 720,
  heldDays: 365,
};
