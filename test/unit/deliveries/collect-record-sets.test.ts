import type { DeliveryMode } from '../../../src/common/records';
import { RecordSetCollector, PartsInMemory, type RecordSet, type RecordPage } from '../../../src/server/deliveries';
import type { Delivery } from '../../../src/server/model/records';

const delivery = (records: readonly unknown[], more: Partial<Delivery> = {}): Delivery => ({
  sourceName: 'hr',
  dataType: 'user',
  mode: 'delta',
  records,
  ...more,
});

async function collect(...deliveries: readonly Delivery[]): Promise<RecordSet[]> {
  const collector = new RecordSetCollector(new PartsInMemory());
  for (const one of deliveries) await collector.add(one);
  return collector.recordSets();
}

async function read(set: RecordSet): Promise<RecordPage> {
  const all = { records: [], rejected: [], warnings: [] } as { [K in keyof RecordPage]: RecordPage[K][number][] };
  for await (const { records, rejected, warnings } of set.pages()) {
    all.records.push(...records);
    all.rejected.push(...rejected);
    all.warnings.push(...warnings);
  }
  return all;
}

const uids = ({ records }: RecordPage) => records.map(({ uid }) => uid);

describe('what a run has received', () => {
  it('is a record set for each source, type and match key, and full when any part is', async () => {
    const sets = await collect(
      delivery([{ uid: 'a' }]),
      delivery([{ uid: 'd', title: 'D' }], { dataType: 'department' }),
      delivery([{ uid: 'b' }], { mode: 'full' }),
      delivery([{ uid: 'a' }], { matchKey: 'email' }),
      delivery([{ uid: 'a' }], { sourceName: 'other' }),
    );
    const seen = sets.map(({ sourceName, dataType, matchKey, mode }) => [sourceName, dataType, matchKey, mode]);
    const expected: [string, string, string | undefined, DeliveryMode][] = [
      ['hr', 'user', undefined, 'full'],
      ['hr', 'department', undefined, 'delta'],
      ['hr', 'user', 'email', 'delta'],
      ['other', 'user', undefined, 'delta'],
    ];
    expect(seen).toEqual(expected);
    expect(uids(await read(sets[0]))).toEqual(['a', 'b']);
  });

  it('has each uid once, as it was delivered last, whatever part that was in', async () => {
    const [set] = await collect(
      delivery([{ uid: 'a', nickname: 'old' }, { uid: 'b' }]),
      delivery([
        { uid: 'a', nickname: 'new' },
        { uid: 'b', isDeleted: true },
      ]),
    );
    const page = await read(set);
    expect(page.records).toMatchObject([
      { uid: 'a', fields: { nickname: 'new' }, path: 'records[2]', position: 2 },
      { uid: 'b', isDeleted: true },
    ]);
    expect(page.warnings).toMatchObject([
      { uid: 'a', code: 'DUPLICATE_UID', params: { path: 'records[2]' } },
      { uid: 'b', code: 'DUPLICATE_UID' },
    ]);
    expect(set.index).toMatchObject({ present: 1, deleted: 1, rejected: 0 });
  });

  it('takes a wrong record for the last one, too', async () => {
    const [set] = await collect(delivery([{ uid: 'a' }, { uid: 'a', departments: 'x' }, { nickname: 'nobody' }, null]));
    const { records, rejected } = await read(set);
    expect(records).toEqual([]);
    expect(rejected.map(({ uid, code }) => [uid, code])).toEqual([
      ['a', 'VALUE_INVALID'],
      [null, 'UID_MISSING'],
      [null, 'VALUE_INVALID'],
    ]);
    expect(set.index).toMatchObject({ present: 0, rejected: 3, unreadable: 2 });
    expect([set.index.has('a'), set.index.isRejected('a'), set.index.has('b')]).toEqual([true, true, false]);
  });

  it('has departments parents first, over all parts', async () => {
    const [set] = await collect(
      delivery([{ uid: 'c', title: 'C', parentUid: 'b' }], { dataType: 'department' }),
      delivery([{ uid: 'b', title: 'B', parentUid: 'a' }], { dataType: 'department' }),
      delivery([{ uid: 'a', title: 'A' }], { dataType: 'department' }),
    );
    expect(uids(await read(set))).toEqual(['a', 'b', 'c']);
  });

  it('can be read again and again, also in parts of a thousand', async () => {
    const records = Array.from({ length: 2500 }, (_, index) => ({ uid: `u${index}` }));
    const [set] = await collect(delivery(records));
    const sizes: number[] = [];
    for await (const page of set.pages()) sizes.push(page.records.length);
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(uids(await read(set))).toEqual(records.map(({ uid }) => uid));
  });

  it('keeps of a wide row what the mapping reads, and nothing of a record that is too large', async () => {
    const wide = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`column${index}`, index]));
    const [set] = await collect(
      delivery([{ id: '1', ...wide }], { mapping: { id: 'uid', column7: 'nickname' } }),
      delivery([{ uid: '2', ...wide }]),
    );
    const { records, rejected } = await read(set);
    expect(records).toMatchObject([{ uid: '1', raw: { uid: '1', nickname: 7 } }]);
    expect(rejected).toMatchObject([{ uid: '2', code: 'RECORD_TOO_LARGE' }]);
  });
});
