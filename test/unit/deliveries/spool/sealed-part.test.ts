import { newKey, openEntry, sealEntry, type SpoolEntry } from '../../../../src/server/deliveries/spool/sealed-part';
import type { DeliveryPart } from '../../../../src/server/records/parts';

const partOf = (records: readonly unknown[], more: Partial<DeliveryPart> = {}): SpoolEntry => ({
  part: { sourceName: 'hr', dataType: 'user', mode: 'full', records, first: 0, refused: new Map(), ...more },
});

function opened(entry: SpoolEntry): DeliveryPart {
  const key = newKey();
  const back = openEntry(sealEntry(entry, key, 3), key, 3);
  if (!('part' in back)) throw new Error('Another kind of entry came back');
  return back.part;
}

describe('a part of a delivery that is kept', () => {
  const hostile = JSON.parse('{"uid":"u","__proto__":{"isAdmin":true},"constructor":1,"toString":null}') as object;

  it('comes back as it was, with values that JSON does not have, and names that mean something to JavaScript', () => {
    const records = [
      { uid: 'a', hired: new Date(0), size: 12n, nothing: undefined, ratio: NaN, text: 'ä漢😀\u0000' },
      hostile,
      null,
      7,
    ];
    const { records: back, ...part } = opened(partOf(records, { matchKey: 'email' }));
    expect(back).toEqual(records);
    expect(Object.keys(back[1] as object)).toEqual(Object.keys(hostile));
    // The prototype is that of any object, which has none itself.
    expect(Object.getPrototypeOf(Object.getPrototypeOf(back[1]) as object)).toBeNull();
    expect(part).toMatchObject({ sourceName: 'hr', dataType: 'user', mode: 'full', matchKey: 'email', first: 0 });
  });

  it('says where each record stood', () => {
    expect(opened(partOf([{}, {}], { first: 1000 })).locate?.(1)).toBe('records[1001]');
    expect(opened(partOf([{}, {}], { locate: (index) => `line ${index + 2}` })).locate?.(1)).toBe('line 3');
  });

  it('says why records were refused', () => {
    const refusal = { uid: null, code: 'RECORD_TOO_LARGE', params: { max: 500 }, record: {} } as const;
    expect(opened(partOf([null], { refused: new Map([[0, refusal]]) })).refused.get(0)).toEqual(refusal);
  });

  it('leaves out what nothing can copy, as JSON does', () => {
    const record = { uid: 'a', when: new Date(0), count: 5n, shout: () => 'A' };
    expect(opened(partOf([record])).records).toEqual([{ uid: 'a', when: '1970-01-01T00:00:00.000Z', count: '5' }]);
  });

  it('cannot be read, changed or put elsewhere without its key', () => {
    const key = newKey();
    const sealed = sealEntry(partOf([{ uid: 'secret-person' }]), key, 0);
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('secret-person');
    expect(() => openEntry(sealed, newKey(), 0)).toThrow();
    expect(() => openEntry(sealed, key, 1)).toThrow();
    const bytes = Buffer.from(sealed, 'base64');
    bytes[20] ^= 1;
    expect(() => openEntry(bytes.toString('base64'), key, 0)).toThrow();
    expect(sealEntry(partOf([{ uid: 'secret-person' }]), key, 0)).not.toBe(sealed);
  });
});
