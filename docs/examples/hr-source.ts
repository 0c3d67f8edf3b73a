import { Plugin } from '@nocobase/server';
import {
  ExternalAPIError,
  SyncError,
  SyncSource,
  type PluginUserDataSyncServer,
  type PulledData,
  type PullRequest,
} from 'nocobase-plugin-user-data-sync';

interface Person {
  number: number;
  name: string;
  mail: string | null;
  unit: string;
  leadsUnit: boolean;
}

/** Reads all units and people from the HR system, people page by page. */
export class HrSource extends SyncSource {
  async *pull({ signal }: Partial<PullRequest> = {}): AsyncGenerator<PulledData> {
    const units = await this.get<{ code: string; name: string; above: string | null }>('/units', signal);
    yield {
      dataType: 'department',
      mode: 'full',
      records: units.map(({ code, name, above }) => ({ uid: code, title: name, parentUid: above })),
    };
    for (let page = 1; ; page += 1) {
      const people = await this.get<Person>(`/people?page=${page}`, signal);
      if (people.length === 0) return;
      yield { dataType: 'user', matchKey: 'email', mode: 'full', records: people.map(toUser) };
    }
  }

  private async get<T>(path: string, signal?: AbortSignal): Promise<T[]> {
    const { url, token } = this.options as { url: string; token: string };
    const response = await fetch(new URL(path, url), { headers: { Authorization: `Bearer ${token}` }, signal });
    if (!response.ok) throw new ExternalAPIError(`${path}: ${response.status} ${response.statusText}.`);
    return (await response.json()) as T[];
  }
}

function toUser({ number, name, mail, unit, leadsUnit }: Person) {
  return { uid: number, nickname: name, email: mail, departments: [{ uid: unit, isOwner: leadsUnit, isMain: true }] };
}

export class PluginHrSync extends Plugin {
  override async load() {
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.sourceManager.registerType('hr', {
      syncSource: HrSource,
      title: 'HR system',
      secretOptions: ['token'],
      validateOptions: ({ url }) => {
        if (typeof url !== 'string' || !URL.canParse(url))
          throw new SyncError('SOURCE_OPTIONS_INVALID', { path: 'options.url', expected: 'address' });
      },
    });
  }
}

export default PluginHrSync;
