import * as z from 'zod/mini';
import { SyncError, type ErrorCode } from '../errors';
import type { Refusal } from './refusal';
import type { Schema } from './schemas';

/** Where something comes in from outside. */
interface Border {
  /** What it is called, also before the names of its members; those of the body, which is the default, stand alone. */
  readonly name?: string;
  /** Default: `INVALID_REQUEST`. */
  readonly code?: ErrorCode;
  /** The error for an unknown member, where it says more than that it is unknown. */
  readonly unknown?: (member: string) => SyncError;
}

/** What schemas leave to zod to check: whether there is an object. */
const OBJECT: Refusal = { expected: 'object' };

/** Longer names of members are cut: the sender chooses them. */
const MAX_NAME_LENGTH = 255;

/** What a schema makes of a value from outside. Fails with the code of the border and the path of what is wrong. */
export function parse<T>(schema: Schema<T>, value: unknown, border: Border = {}): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const { issues } = result.error;
  throw refusalOf(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0], border);
}

/** The one place where zod's issues become our errors. */
function refusalOf(issue: z.core.$ZodIssue, { name = 'body', code = 'INVALID_REQUEST', unknown }: Border): SyncError {
  const pathTo = (...path: PropertyKey[]) => {
    const members = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    return name === 'body' ? members.slice(1) || name : name + members;
  };
  if (issue.code === 'unrecognized_keys') {
    const [member] = issue.keys;
    const path = pathTo(...issue.path, member.slice(0, MAX_NAME_LENGTH));
    // The message of a strict object lists the names of its members, see `strictObject`.
    return unknown?.(member) ?? new SyncError(code, { path, expected: 'knownKey', keys: issue.message });
  }
  const { code: own = code, ...params } = issue.code === 'custom' ? (issue.params as Refusal) : OBJECT;
  return new SyncError(own, { path: pathTo(...issue.path), ...params });
}
