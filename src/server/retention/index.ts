export { cleanUp, type CleanedUp } from './clean-up';
export { CLEAN_UP_TIME, cleanUpLockOf, cleanUpNightly } from './nightly';
