export { Absence } from './absence';
export { BuiltInPlace } from './built-in-place';
