export { DepartmentsTarget } from './departments';
export {
  RecordByRecordTarget,
  UserDataResource,
  type OriginRecord,
  type RecordResourceChanged,
} from './record-by-record';
export { TargetRegistry } from './registry';
export { HostEvents } from './shared/host-events';
export { UsersTarget } from './users';
