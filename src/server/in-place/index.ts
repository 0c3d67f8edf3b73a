export { Absence } from './absence';
export { BuiltInPlace } from './built-in-place';
export { BUILT_IN_NAME, OWN_PACKAGE } from './names';
