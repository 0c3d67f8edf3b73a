import type { Model } from '@nocobase/database';
import { Plugin } from '@nocobase/server';
import {
  UserDataResource,
  type FormatUser,
  type OriginRecord,
  type PluginUserDataSyncServer,
  type PrimaryKey,
  type RecordResourceChanged,
  type SyncAccept,
} from 'nocobase-plugin-user-data-sync';

/** Keeps a contact for each synchronised user. */
export class ContactsResource extends UserDataResource {
  override name = 'contacts';
  override accepts: SyncAccept[] = ['user'];

  /** For a record that has no contact yet. The returned links are stored. */
  async create({ metaData }: OriginRecord): Promise<RecordResourceChanged[]> {
    const { nickname: name, email, isDeleted } = metaData as FormatUser;
    if (isDeleted) return [];
    const values = { name, email };
    const contact = (await this.contacts.create({ values })) as Model;
    return [{ resourcesPk: contact.get('id') as PrimaryKey, isDeleted: false }];
  }

  /** For a record with a contact: `ids` are its links. */
  async update({ metaData }: OriginRecord, ids: PrimaryKey[]): Promise<RecordResourceChanged[]> {
    const [id] = ids;
    const { nickname: name, email, isDeleted } = metaData as FormatUser;
    if (isDeleted) {
      await this.contacts.destroy({ filterByTk: id });
      return [{ resourcesPk: id, isDeleted: true }];
    }
    await this.contacts.update({ filterByTk: id, values: { name, email } });
    return [];
  }

  private get contacts() {
    return this.db.getRepository('contacts');
  }
}

export class PluginContacts extends Plugin {
  override async load() {
    this.db.collection({
      name: 'contacts',
      fields: [
        { name: 'name', type: 'string' },
        { name: 'email', type: 'string' },
      ],
    });
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.resourceManager.registerResource(new ContactsResource(this.db, this.app.logger));
  }
}

export default PluginContacts;
