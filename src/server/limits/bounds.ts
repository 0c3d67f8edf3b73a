/**
 * What one request, one record, one message and one answer may be at most. Larger ones are refused, rejected or cut,
 * and say so; docs/http-api.md lists them.
 */

/** Records of one push over HTTP. A body of 10 MB rarely has more; of empty objects it would have three million. */
export const MAX_RECORDS = 100_000;

/** What a record may be. Directories have fewer than a hundred attributes; more is an error, or an attack. */
export const RECORD_BOUNDS = {
  /** Fields of a record. */
  fields: 500,
  /** Different names of fields in all records of a delivery; every new name costs memory and time, a known one little. */
  fieldNames: 2000,
  /** Departments of one user. */
  departments: 1000,
  /** Values inside values: lists in objects in lists. What is nested deeper is masked as a whole in logs. */
  depth: 32,
  /** Values of a record, those inside others counted: a user with all departments has 4,000. */
  values: 10_000,
  /** Characters of the name of a field. A column name has at most 64. */
  nameLength: 255,
} as const;

/** What the body or the query of any other action may be; the mapping of a wide table is the largest of them. */
export const REQUEST_BOUNDS = { depth: 40, values: 10_000, nameLength: 1000 } as const;

/** Members of one object in a body, whatever it is. */
export const MAX_MEMBERS = RECORD_BOUNDS.values;

/** A body of fewer characters cannot have an object that takes long to look at. */
export const SHORT_BODY = 500_000;

/** Characters of a value that a message speaks of. */
export const MAX_PARAM_LENGTH = 300;

/** Items of a list in a message. */
export const MAX_LISTED = 10;

/** Failed records, and groups of warnings, in the answer about one target. */
export const MAX_TOLD = 1000;

/** Characters of a failed record in an answer, as JSON; an ordinary user with fifty departments fits. */
export const MAX_TOLD_RECORD_LENGTH = 4000;

/** Characters of the old and of the new value of a field in an outcome, as JSON. */
export const MAX_CHANGE_LENGTH = 500;

/** Fields that changed, in an outcome. */
export const MAX_CHANGED_FIELDS = RECORD_BOUNDS.fields;
