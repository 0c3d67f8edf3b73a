import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';

let host: TestApp;
let admin: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  for (const name of ['filesrc', 'Payroll AG', 'Größe', 'Кадры', 'mail-1'])
    expect((await create(name)).status).toBe(200);
});
afterAll(() => host?.stop());

const create = (name: string) =>
  admin.post('/api/userDataSyncSources:create', { name, sourceType: 'api', enabled: true });
const push = (sourceName: string) => admin.push({ dataType: 'user', sourceName, records: [] });
const names = async () => (await host.rows<{ name: string }>('userDataSyncSources')).map(({ name }) => name);

const escaped = (name: string) => name.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
const table = (list: readonly string[]) => list.map((name) => [escaped(name), name]);

describe('a name that nobody has used', () => {
  it.each(
    table([
      'filesrc\u200b',
      'file\u00adsrc',
      '\u2060hr',
      'hr\u202ecod',
      'h\ufeffr',
      'hr\u3164x',
      'hr\ufe0f',
      'hr\u2800x',
      'hr\ue000',
      '\uff48\uff52',
      'h\u00a0r',
      'Gro\u0308\u00dfe 2',
      'p\u0430yroll',
      '\u0440ayroll new',
      'HR\u03bfne',
      '\u13aa\u13ac',
    ]),
  )('is refused when it is not what it looks like: %s', async (_, name) => {
    const before = await names();
    for (const response of [await create(name), await push(name)])
      expect([response.status, errorOf(response).code]).toEqual([400, 'SOURCE_NAME_INVALID']);
    expect(await names()).toEqual(before);
  });

  it.each(
    table([
      'FileSrc',
      'FILESRC',
      'fiIesrc',
      'payroll ag',
      'Payroll  AG',
      'GRÖSSE',
      'КАДРЫ',
      'mail\u20131',
      'mail-l',
      'mai1-1',
      'API',
      '\u0430\u0440\u0456',
      '\u0410\u0420\u0406',
    ]),
  )('is refused when it can be taken for another one: %s', async (_, name) => {
    const before = await names();
    for (const response of [await create(name), await push(name)])
      expect([response.status, errorOf(response).code]).toEqual([409, 'SOURCE_NAME_SIMILAR']);
    expect(await names()).toEqual(before);
  });

  it.each([
    'hr',
    'HR (Berlin), 2026',
    'sap-hr_prod.eu/1',
    "Personio's users & co.",
    'Übung Ærø naïve',
    'Отдел кадров',
    'HR отдел',
    '1С:Кадры',
    '人事部HR',
    '人事データ連携',
    'HR연동',
    'ΠΡΟΣΩΠΙΚΟ',
    'موارد بشرية',
    'משאבי אנוש',
    'मानव संसाधन',
    'ฝ่ายบุคคล',
  ])('is taken when it is plain: %s', async (name) => {
    expect((await push(name)).status).toBe(200);
    expect(await names()).toContain(name);
  });
});

describe('a name that is there already', () => {
  it.each(table(['old\u200bname', 'Fılesrc', 'PAYROLL AG', 'o\u0308ld']))('goes on as it is: %s', async (_, name) => {
    const values = { name, sourceType: 'api', enabled: true, options: {} };
    await host.db.getModel('userDataSyncSources').create(values, { hooks: false });
    expect((await push(name)).status).toBe(200);
  });
});
