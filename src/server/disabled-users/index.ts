export { DisabledUserStore, type DisableCause, type DisabledBy } from './disabled-user-store';
