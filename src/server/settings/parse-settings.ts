import { SyncError, type MessageParams } from '../errors';
import type { Settings } from './settings-store';

const MAX_DAYS = 36_500;
const MAX_USERS = 10_000_000;
/** 30 days. */
const MAX_HOURS = 720;
const MAX_HELD_DAYS = 365;

/**
 * The settings that somebody submits; what is absent stays as it is now. Fails with `INVALID_REQUEST` and the path of
 * what is wrong.
 */
export function parseSettings(submitted: unknown, current: Settings): Settings {
  if (typeof submitted !== 'object' || submitted === null || Array.isArray(submitted)) throw invalid('body', 'object');
  const { outcomeDays, taskDays, userLimit, removalWindowHours, heldDays, ...unknown } = { ...current, ...submitted };
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw invalid(other.slice(0, 255), 'knownKey', {
      keys: Object.keys({ outcomeDays, taskDays, userLimit, removalWindowHours, heldDays }).join(', '),
    });
  return {
    outcomeDays: parseWhole(outcomeDays, 'outcomeDays', MAX_DAYS),
    taskDays: parseWhole(taskDays, 'taskDays', MAX_DAYS),
    userLimit: parseLimit(userLimit, 'userLimit'),
    removalWindowHours: parseWhole(removalWindowHours, 'removalWindowHours', MAX_HOURS),
    heldDays: parseWhole(heldDays, 'heldDays', MAX_HELD_DAYS),
  };
}

function parseWhole(value: unknown, path: string, max: number): number {
  if (!isWholeUpTo(value, max)) throw invalid(path, 'wholeNumberBetween', { min: 1, max });
  return value;
}

function parseLimit(value: unknown, path: string): number | null {
  if (value === null) return null;
  if (!isWholeUpTo(value, MAX_USERS)) throw invalid(path, 'wholeNumberBetweenOrNull', { min: 1, max: MAX_USERS });
  return value;
}

function isWholeUpTo(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}

const invalid = (path: string, expected: string, params?: MessageParams) =>
  new SyncError('INVALID_REQUEST', { path, expected, ...params });
