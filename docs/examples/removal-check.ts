import { Plugin } from '@nocobase/server';
import type { PluginUserDataSyncServer, RemovalQuestion } from 'nocobase-plugin-user-data-sync';

/** Prevents the removal of users while approvals wait for them. */
export class PluginApprovals extends Plugin {
  override async load() {
    this.db.collection({
      name: 'approvals',
      fields: [
        { name: 'approverId', type: 'bigInt' },
        { name: 'isOpen', type: 'boolean' },
      ],
    });
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.resourceManager.registerRemovalCheck('users', (question) => this.openApprovals(question));
  }

  /** One query for all of them. */
  private async openApprovals({ rowIds }: RemovalQuestion): Promise<Map<number, string>> {
    const where = { approverId: rowIds, isOpen: true };
    const found: unknown = await this.db.getModel('approvals').findAll({ where, raw: true });
    const waiting = new Map<number, number>();
    for (const { approverId } of found as { approverId: number }[])
      waiting.set(approverId, (waiting.get(approverId) ?? 0) + 1);
    return new Map([...waiting].map(([id, count]) => [id, `${count} open approvals`]));
  }
}

export default PluginApprovals;
