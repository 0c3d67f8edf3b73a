import { SyncError, type MessageParams } from '../errors';
import type { Settings } from './settings-store';

const MAX_DAYS = 36_500;
const MAX_USERS = 10_000_000;

/**
 * The settings that somebody submits; what is absent stays as it is now. Fails with `INVALID_REQUEST` and the path of
 * what is wrong.
 */
export function parseSettings(submitted: unknown, current: Settings): Settings {
  if (typeof submitted !== 'object' || submitted === null || Array.isArray(submitted)) throw invalid('body', 'object');
  const { outcomeDays, taskDays, userLimit, ...unknown } = { ...current, ...submitted };
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw invalid(other.slice(0, 255), 'knownKey', {
      keys: Object.keys({ outcomeDays, taskDays, userLimit }).join(', '),
    });
  return {
    outcomeDays: parseDays(outcomeDays, 'outcomeDays'),
    taskDays: parseDays(taskDays, 'taskDays'),
    userLimit: parseLimit(userLimit, 'userLimit'),
  };
}

function parseDays(value: unknown, path: string): number {
  if (!isWholeUpTo(value, MAX_DAYS)) throw invalid(path, 'wholeNumberBetween', { min: 1, max: MAX_DAYS });
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
