export { DisabledUserStore, type DisableCause, type DisabledBy } from './disabled-user-store';
export { guardFlag } from './flag-guard';
export { refuseSessions } from './session-refusal';
export { refuseSignIn } from './sign-in-refusal';
export { UserDisabling } from './user-disabling';
