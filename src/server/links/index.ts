export { LinkStore, type Claim, type NewLink } from './link-store';
export { OriginRecordStore, type OwnedRecord, type Tracking } from './origin-record-store';
export { PendingLinkStore, type PendingChanges, type PendingLink } from './pending-link-store';
