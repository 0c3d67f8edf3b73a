export { cleanUp, type CleanedUp } from './clean-up';
export { CLEAN_UP_LOCK, CLEAN_UP_TIME, cleanUpNightly } from './nightly';
