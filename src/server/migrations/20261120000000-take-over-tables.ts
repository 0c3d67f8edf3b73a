import { Migration } from '@nocobase/server';
import { adoptSourceNames } from '../takeover/adopt-source-names';
import { mergeDuplicates } from '../takeover/merge-duplicates';

/** Prepares the tables of the official plugin for what the following synchronisation of the schema adds to them. */
export default class TakeOverTables extends Migration {
  override on = 'beforeLoad';

  override async up(): Promise<void> {
    await mergeDuplicates(this.db);
    await adoptSourceNames(this.db);
  }
}
