export { DepartmentsTarget } from './departments';
export { MembershipsTarget } from './memberships';
export {
  RecordByRecordTarget,
  UserDataResource,
  type OriginRecord,
  type RecordResourceChanged,
} from './record-by-record';
export { TargetRegistry } from './registry';
export { UsersTarget } from './users';
