import { SyncSource, type UserData } from '@nocobase/plugin-user-data-sync';

/** `full`: this is the full list of people. The built-in plugin ignores it. */
type Delivery = UserData & { mode: 'full' };

interface Person {
  number: number;
  name: string;
  mail: string;
}

/** Reads everybody from the path `/people` of the HR system. */
export class HrSource extends SyncSource {
  async pull({ signal }: { signal?: AbortSignal } = {}): Promise<Delivery[]> {
    const { url, token } = this.options as { url: string; token: string };
    const response = await fetch(new URL('/people', url), { headers: { Authorization: `Bearer ${token}` }, signal });
    if (!response.ok) throw new Error(`The HR system answered ${response.status} ${response.statusText}.`);
    const people = (await response.json()) as Person[];
    const records = people.map(({ number, name, mail }) => ({ uid: String(number), nickname: name, email: mail }));
    return [{ dataType: 'user', matchKey: 'email', mode: 'full', sourceName: this.instance.name, records }];
  }
}
