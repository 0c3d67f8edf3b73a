import { TestApp } from '../../support/app';
import { readOrganisation } from '../../support/organisation';
import { Pusher } from '../../support/pushing';

/** A sequence of numbers in [0, 1) that is the same at every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

type Delivery = { dataType: 'user' | 'department'; records: object[] };

/** An organisation of three levels, with members at each, owners, main departments, and somebody in no department. */
function organisation(prefix: string): { departments: object[]; users: object[] } {
  const departments = ['a', 'b', 'a1', 'a2', 'b1', 'a11', 'a12', 'b11'].map((uid) => ({
    uid,
    title: `${prefix}-${uid}`,
    ...(uid.length > 1 ? { parentUid: uid.slice(0, -1) } : {}),
  }));
  const users = Array.from({ length: 12 }, (_, index) => ({
    uid: `u${index}`,
    username: `${prefix}-u${index}`,
    departments: departments
      .filter((_department, at) => index > 0 && (index + at) % 4 === 0)
      .map(({ uid }, at) => ({ uid, isOwner: index % 3 === 0, isMain: at === 1 })),
  }));
  return { departments, users };
}

/** The same records in another order, cut into deliveries of another size, some of them more than once. */
function deliveries({ departments, users }: ReturnType<typeof organisation>, random: () => number): Delivery[] {
  const all = [
    ...departments.map((record) => ({ dataType: 'department' as const, record })),
    ...users.map((record) => ({ dataType: 'user' as const, record })),
  ];
  const parts: Delivery[] = [];
  for (const { dataType, record } of shuffled([...all, ...shuffled(all, random).slice(0, 5)], random)) {
    const last = parts[parts.length - 1];
    if (last?.dataType === dataType && random() < 0.6) last.records.push(record);
    else parts.push({ dataType, records: [record] });
  }
  return parts;
}

describe('the order of deliveries', () => {
  let host: TestApp;

  beforeAll(async () => {
    host = await TestApp.start();
  });
  afterAll(() => host?.stop());

  const push = async (source: Pusher, { dataType, records }: Delivery) =>
    dataType === 'user' ? source.users(records) : source.departments(records);

  /** What became of an organisation, with its prefix taken away. */
  const stateOf = async (prefix: string) => {
    const { departments, users } = await readOrganisation(host);
    const own = (name: string) => name.startsWith(`${prefix}-`);
    const views = {
      departments: [...departments].filter(([title]) => own(title)).sort(([a], [b]) => a.localeCompare(b)),
      users: [...users].filter(([username]) => own(username)).sort(([a], [b]) => a.localeCompare(b)),
    };
    return JSON.parse(JSON.stringify(views).replaceAll(`${prefix}-`, '')) as unknown;
  };

  it.each(Array.from({ length: 8 }, (_, seed) => seed + 1))('does not matter (shuffle %i)', async (seed) => {
    const straight = new Pusher(host, `straight-${seed}`);
    const expected = organisation(`s${seed}`);
    await straight.departments(expected.departments);
    await straight.users(expected.users);

    const mixed = new Pusher(host, `mixed-${seed}`);
    for (const delivery of deliveries(organisation(`m${seed}`), randomFrom(seed))) await push(mixed, delivery);
    expect(await stateOf(`m${seed}`)).toEqual(await stateOf(`s${seed}`));
    const pending = await host.rows('userDataSyncPendingLinks', { where: { sourceName: mixed.sourceName } });
    expect(pending).toEqual([]);
  });
});
