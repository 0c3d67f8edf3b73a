import * as z from 'zod/mini';
import { MAX_SETTINGS, type Settings } from '../../common/settings';
import { SyncError } from '../errors';
import { expecting, isObject, parse, strictObject, wholeBetween, type Schema } from '../validation';

const SETTINGS = strictObject({
  outcomeDays: wholeBetween(1, MAX_SETTINGS.outcomeDays),
  taskDays: wholeBetween(1, MAX_SETTINGS.taskDays),
  userLimit: limitUpTo(MAX_SETTINGS.userLimit),
  removalWindowHours: wholeBetween(1, MAX_SETTINGS.removalWindowHours),
  heldDays: wholeBetween(1, MAX_SETTINGS.heldDays),
});

/**
 * The settings that somebody submits; what is absent stays as it is now. Fails with `INVALID_REQUEST` and the path of
 * what is wrong, also when outcomes would be kept longer than the tasks that they belong to.
 */
export function parseSettings(submitted: unknown, current: Settings): Settings {
  const settings = parse(SETTINGS, isObject(submitted) ? { ...current, ...submitted } : submitted);
  // Outcomes are deleted with their tasks, so to keep them longer would be promised and not done.
  if (settings.outcomeDays > settings.taskDays) {
    const params = { path: 'outcomeDays', expected: 'wholeNumberBetween', min: 1, max: settings.taskDays };
    throw new SyncError('INVALID_REQUEST', params);
  }
  return settings;
}

function limitUpTo(max: number): Schema<number | null> {
  return expecting(z.nullable(wholeBetween(1, max)), { expected: 'wholeNumberBetweenOrNull', min: 1, max });
}
