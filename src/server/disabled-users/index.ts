export { DisabledUserStore, type DisabledBy } from './disabled-user-store';
export { keepDisabledUsersOut } from './keep-out';
export type { SocketRefusal } from './socket-refusal';
export { UserDisabling } from './user-disabling';
