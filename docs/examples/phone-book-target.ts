import type { Database } from '@nocobase/database';
import { Plugin } from '@nocobase/server';
import type {
  Commit,
  Outcome,
  PluginUserDataSyncServer,
  SyncTarget,
  TargetChunk,
  TargetPlan,
  TrackedRecord,
} from 'nocobase-plugin-user-data-sync';

interface Entry {
  userId: string;
  name: string;
  phone: string;
}

/** What `plan` decides and `apply` writes. */
interface PhoneBookPlan extends TargetPlan {
  readonly written: readonly Entry[];
  readonly removedUserIds: readonly string[];
}

/** Keeps a collection `phoneBook` with one entry for each synchronised user who has a phone number. */
export class PhoneBookTarget implements SyncTarget<PhoneBookPlan> {
  readonly name = 'phoneBook';
  readonly accepts = ['user'] as const;
  readonly dependsOn = ['users'];

  constructor(private readonly db: Database) {}

  async plan({ records }: TargetChunk): Promise<PhoneBookPlan> {
    const ids = records.map(userIdOf).filter((id) => id !== undefined);
    const rows: unknown = await this.model.findAll({ where: { userId: ids }, raw: true });
    const stored = new Map((rows as Entry[]).map((entry) => [String(entry.userId), entry]));
    const written: Entry[] = [];
    const removedUserIds: string[] = [];
    const outcomes: Outcome[] = records.map((tracked) => {
      const { uid, fields, isDeleted } = tracked.record;
      const { nickname, phone } = fields;
      const name = typeof nickname === 'string' ? nickname : uid;
      const userId = userIdOf(tracked);
      const before = stored.get(userId ?? '');
      if (userId === undefined) return { uid, name, action: 'unchanged' };
      if (isDeleted || phone === null) {
        if (!before) return { uid, name, action: 'unchanged' };
        removedUserIds.push(userId);
        return { uid, name, action: 'deleted' };
      }
      if (typeof phone !== 'string' || (before?.name === name && before.phone === phone)) {
        return { uid, name, action: 'unchanged' };
      }
      written.push({ userId, name, phone });
      if (!before) return { uid, name, action: 'created' };
      return { uid, name, action: 'updated', changes: { phone: { old: before.phone, new: phone } } };
    });
    return { outcomes, warnings: [], deferred: [], written, removedUserIds };
  }

  async apply({ written, removedUserIds, outcomes }: PhoneBookPlan, commit: Commit): Promise<void> {
    const replaced = [...removedUserIds, ...written.map(({ userId }) => userId)];
    if (replaced.length === 0) return;
    await commit(async (transaction) => {
      await this.model.destroy({ where: { userId: replaced }, transaction });
      await this.model.bulkCreate(
        written.map((entry) => ({ ...entry })),
        { transaction },
      );
      return outcomes;
    });
  }

  private get model() {
    return this.db.getModel('phoneBook');
  }
}

/** The row of a user: the target `users` comes first and has linked the record to it. */
function userIdOf({ links }: TrackedRecord): string | undefined {
  return links.find(({ resource }) => resource === 'users')?.resourcePk;
}

export class PluginPhoneBook extends Plugin {
  override async load() {
    this.db.collection({
      name: 'phoneBook',
      fields: [
        { name: 'userId', type: 'bigInt', unique: true },
        { name: 'name', type: 'string' },
        { name: 'phone', type: 'string' },
      ],
    });
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.resourceManager.registerTarget(new PhoneBookTarget(this.db));
  }
}

export default PluginPhoneBook;
