export { Breather } from './breather';
export { inBreaths, type Steps } from './steps';
