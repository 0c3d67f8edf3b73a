export { isObject } from './is-object';
export { parse } from './parse';
export type { Refusal } from './refusal';
export { choice, expecting, optional, strictObject, wholeBetween, withDefault, type Schema } from './schemas';
