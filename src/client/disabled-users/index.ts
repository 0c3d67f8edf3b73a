export { markUserLists, type PageContent } from './mark-user-lists';
export { endSessions } from './session-end';
