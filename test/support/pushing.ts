import type { SourceRules } from '../../src/common/rules';
import type { SyncResult } from '../../src/server';
import type { TestApp } from './app';

/** What a push did, by target. */
export type Results = Record<string, SyncResult['detail']>;

/** Pushes for one source in process, as another plugin would. */
export class Pusher {
  constructor(
    private readonly host: TestApp,
    readonly sourceName: string,
  ) {}

  users(records: object[], matchKey?: string): Promise<Results> {
    return this.push({ dataType: 'user', matchKey, records });
  }

  departments(records: object[]): Promise<Results> {
    return this.push({ dataType: 'department', records });
  }

  /** Sets what an administrator decides about the source, as the page does; makes the source when nobody has pushed. */
  async decide(rules: { [K in keyof SourceRules]?: Partial<SourceRules[K]> }): Promise<this> {
    await this.push({ dataType: 'user', records: [] });
    const repository = this.host.db.getRepository('userDataSyncSources');
    await repository.update({ filter: { name: this.sourceName }, values: { rules } });
    return this;
  }

  /** Everything of one type, so that what is missing has gone. */
  full(dataType: 'user' | 'department', records: object[], matchKey?: string): Promise<Results> {
    return this.push({ dataType, matchKey, records, mode: 'full' });
  }

  private async push(body: object): Promise<Results> {
    const results = await this.host.plugin.syncService.push({ ...body, sourceName: this.sourceName });
    return Object.fromEntries(results.map(({ resource, detail }) => [resource, detail]));
  }
}

/** Codes of failed records by uid. */
export function failures(detail: SyncResult['detail']): Record<string, string> {
  return Object.fromEntries(detail.failedRecords.map(({ record, code }) => [String(record.uid), code]));
}
