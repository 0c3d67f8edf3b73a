/*
 * Held by the compiler alone: what was written for the types of the built-in plugin compiles with ours, and values go
 * from one to the other.
 */
import type { Context } from '@nocobase/actions';
import type * as official from '@nocobase/plugin-user-data-sync';
import * as ours from '../../src/server';

/** That a type can stand wherever the other one stands. */
type Fits<Value extends Place, Place> = Value;

export type Fit = [
  Fits<ours.UserData, official.UserData>,
  Fits<official.UserData, ours.UserData>,
  Fits<ours.FormatUser, official.FormatUser>,
  Fits<official.FormatUser, ours.FormatUser>,
  Fits<ours.FormatDepartment, official.FormatDepartment>,
  Fits<official.FormatDepartment, ours.FormatDepartment>,
  Fits<ours.FormatUserDepartment, official.FormatUserDepartment>,
  Fits<ours.UserDataRecord, official.UserDataRecord>,
  Fits<ours.OriginRecord, official.OriginRecord>,
  Fits<official.OriginRecord, ours.OriginRecord>,
  Fits<ours.RecordResourceChanged, official.RecordResourceChanged>,
  Fits<official.RecordResourceChanged, ours.RecordResourceChanged>,
  Fits<ours.PrimaryKey, official.PrimaryKey>,
  Fits<ours.SyncAccept, official.SyncAccept>,
  Fits<ours.SyncDataType, official.SyncDataType>,
  Fits<ours.SyncResult, official.SyncResult>,
  Fits<ours.UserDataResource, official.UserDataResource>,
  Fits<official.UserDataResource, ours.UserDataResource>,
  Fits<ours.SyncSource['instance'], official.SyncSource['instance']>,
  Fits<keyof official.SyncSource, keyof ours.SyncSource>,
];

/** What plugins read of the managers, as the built-in types say it. */
export type Members = [
  Fits<keyof official.UserDataResourceManager, keyof ours.UserDataResourceManager>,
  // `remove` is the host's to call.
  Fits<Exclude<keyof official.default, 'remove'>, keyof ours.default>,
  Fits<keyof official.default['sourceManager'], keyof ours.default['sourceManager']>,
  Fits<keyof official.default['syncService'], keyof ours.default['syncService']>,
  Fits<Parameters<official.default['syncService']['pull']>, Parameters<ours.default['syncService']['pull']>>,
  Fits<Parameters<official.default['syncService']['retry']>, Parameters<ours.default['syncService']['retry']>>,
];

/** A target as plugins write it, with fields of its own and values that are read untyped. */
export class Phones extends ours.UserDataResource {
  override name = 'phones';
  override accepts: ours.SyncAccept[] = ['user', 'department'];

  numberOf(user: ours.FormatUser): string {
    const mobile: string = user.mobile;
    return user.phone ?? mobile;
  }

  async create(record: ours.OriginRecord, matchKey: string): Promise<ours.RecordResourceChanged[]> {
    const user = record.metaData as ours.FormatUser;
    const { departments = [] } = user;
    const uids: string[] = departments.map((department) =>
      typeof department === 'string' ? department : department.uid,
    );
    const link = record.resources.find(({ resource }) => resource === 'users');
    this.logger.info(`${this.numberOf(user)} ${matchKey} ${uids.join()} ${link?.resourcePk}`);
    return [{ resourcesPk: record.id, isDeleted: false }];
  }

  async update(record: ours.OriginRecord, resourcePks: ours.PrimaryKey[]): Promise<ours.RecordResourceChanged[]> {
    await this.syncRecordRepo.findOne({ filterByTk: record.id });
    return resourcePks.map((resourcesPk) => ({ resourcesPk, isDeleted: false }));
  }
}

/** A source as plugins write it. */
export class Terminal extends ours.SyncSource {
  async pull(): Promise<ours.UserData[]> {
    const { name, options } = this.instance;
    const url: string = this.options.url ?? options.url;
    const ctx: Context = this.ctx;
    return [{ dataType: 'user', matchKey: url, sourceName: name, records: [{ uid: String(ctx.state.id) }] }];
  }

  override async endTask(params: ours.EndTaskParams): Promise<void> {
    const task = await this.newTask();
    await super.endTask({ ...params, taskId: task.id });
  }
}
