import { SyncError } from '../../../../src/server/errors';
import { parseCsv, requireColumns, type Table } from '../../../../src/server/sources/file/parse-csv';
import { parseJsonList } from '../../../../src/server/sources/file/parse-json';
import { slicesOf } from '../../../../src/server/sources/file/text-slices';

/** All parts of a table, put together. */
async function readCsv(text: string, name: string, delimiter?: string, slices = slicesOf(text)): Promise<Table> {
  const parts: Table[] = [];
  for await (const part of parseCsv(slices, name, delimiter)) parts.push(part);
  const [{ headers }] = parts;
  for (const part of parts) expect(part.headers).toEqual(headers);
  return { headers, records: parts.flatMap(({ records }) => records), lines: parts.flatMap(({ lines }) => lines) };
}

/** All parts of a list, put together. */
async function readJson(text: string, name: string): Promise<unknown[]> {
  const parts: unknown[][] = [];
  for await (const part of parseJsonList(text, name)) parts.push(part);
  return parts.flat();
}

/** A text in slices of one length. */
async function* cut(text: string, length: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += length) yield text.slice(start, start + length);
}

/** What a call fails with, as code and params. */
async function failure(call: () => unknown): Promise<Pick<SyncError, 'code' | 'params'>> {
  try {
    await call();
  } catch (error) {
    if (error instanceof SyncError) return { code: error.code, params: error.params };
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('a CSV is read whatever a spreadsheet makes of it', () => {
  const people = [
    { uid: '1', name: 'Ada', note: '' },
    { uid: '2', name: 'Grace', note: 'x' },
  ];

  it.each([
    ['LF', 'uid,name,note\n1,Ada,\n2,Grace,x\n'],
    ['CRLF', 'uid,name,note\r\n1,Ada,\r\n2,Grace,x\r\n'],
    ['CR', 'uid,name,note\r1,Ada,\r2,Grace,x\r'],
    ['no line break at the end', 'uid,name,note\n1,Ada,\n2,Grace,x'],
    ['a byte order mark', '\uFEFFuid,name,note\n1,Ada,\n2,Grace,x\n'],
    ['a byte order mark before a quoted header', '\uFEFF"uid","name","note"\n1,Ada,\n2,Grace,x\n'],
    ['empty lines', '\n\nuid,name,note\n\n1,Ada,\n  \n2,Grace,x\n\n'],
    ['spaces around headers and cells', ' uid , name ,note \n 1 ,Ada , \n2, Grace,x\n'],
    ['quotes everywhere', '"uid","name","note"\n"1","Ada",""\n"2","Grace","x"\n'],
    ['semicolons', 'uid;name;note\n1;Ada;\n2;Grace;x\n'],
    ['semicolons after empty lines', '\n\nuid;name;note\n1;Ada;\n2;Grace;x\n'],
    ['tabs', 'uid\tname\tnote\n1\tAda\t\n2\tGrace\tx\n'],
    ['bars', 'uid|name|note\n1|Ada|\n2|Grace|x\n'],
    ['a column without a header', 'uid,name,note,\n1,Ada,,\n2,Grace,x,left out\n'],
    ['several columns without a header', ',uid,,name,note\na,1,b,Ada,\n,2,,Grace,x\n'],
  ])('%s', async (_, text) => {
    expect((await readCsv(text, 'people.csv')).records).toEqual(people);
    for (const length of [1, 2, 3, 5]) {
      const table = await readCsv(text, 'people.csv', text.match(/[,;\t|]/)?.[0], cut(text, length));
      expect([length, table.records]).toEqual([length, people]);
    }
  });

  it('takes the delimiter outside of quotes, and the one that is given before any other', async () => {
    expect((await readCsv('"uid,or,number";name\n1;Ada\n', 'p')).headers).toEqual(['uid,or,number', 'name']);
    expect((await readCsv('uid,a;name\n1;Ada\n', 'p', ';')).records).toEqual([{ 'uid,a': '1', name: 'Ada' }]);
    expect((await readCsv('uid#name\n1#Ada\n', 'p', '#')).records).toEqual([{ uid: '1', name: 'Ada' }]);
  });

  it('keeps cells that are empty at either end of a row of tabs', async () => {
    const { records } = await readCsv('a\tb\tc\n\t\t3\n1\t\t\n', 'p');
    expect(records).toEqual([
      { a: '', b: '', c: '3' },
      { a: '1', b: '', c: '' },
    ]);
  });

  it('keeps delimiters, doubled quotes and line breaks inside of quotes', async () => {
    const { records } = await readCsv('uid,name\r\n1,"Lovelace, ""Ada""\r\nCountess"\r\n', 'p');
    expect(records).toEqual([{ uid: '1', name: 'Lovelace, "Ada"\nCountess' }]);
  });

  it('reads a header alone as a table without rows', async () => {
    expect(await readCsv('uid,name\n', 'p')).toEqual({ headers: ['uid', 'name'], records: [], lines: [] });
  });

  it.each(['\n', '\r\n', '\r'])('knows the line on which each row begins, with %j between lines', async (lineBreak) => {
    const lines = ['uid,name', '1,"a', 'b"', '', '', '2,"c', '', 'd"', '3,e'];
    expect((await readCsv(lines.join(lineBreak), 'p')).lines).toEqual([2, 6, 9]);
  });
});

describe('a CSV that cannot be read says where and why', () => {
  const rows = (...lines: string[]) => lines.join('\r\n');

  it.each([
    ['a quote that is never closed', rows('uid,name', '1,"a', 'b"', '', '2,"open', '3,c', '4,d'), 5],
    ['a quote that is closed by the next one', rows('uid,name', '1,a', '2,"open', '3,"c"', '4,d'), 3],
    ['text after a closing quote', rows('uid,name', '1,a', '', '2,"b" c'), 4],
    ['a quote inside a cell', rows('uid,name', '1,a "b" c'), 2],
    ['a quote in the header', rows('uid,"name', '1,a'), 1],
  ])('%s', async (_, text, line) => {
    expect(await failure(() => readCsv(text, 'people.csv'))).toEqual({
      code: 'CSV_INVALID',
      params: { file: 'people.csv', line, reason: expect.any(String) as string },
    });
  });

  it.each([
    ['too few cells', rows('uid,name', '1,"a', 'b"', '2', '3,c'), 1, 'people.csv, line 4: 1 cells instead of 2.'],
    ['too many cells', rows('uid,name', '1,a', '2,b,c', '3,d'), 1, 'people.csv, line 3: 3 cells instead of 2.'],
  ])('%s spoil only their own row', async (_, text, index, message) => {
    const { records } = await readCsv(text, 'people.csv');
    expect(records.filter((record) => record instanceof SyncError)).toHaveLength(1);
    expect((records[index] as SyncError).message).toContain(message);
  });

  it('names a column that is there twice', async () => {
    expect(await failure(() => readCsv('uid,Name, Name \n1,a,b\n', 'people.csv'))).toEqual({
      code: 'CSV_COLUMN_DUPLICATE',
      params: { file: 'people.csv', column: 'Name' },
    });
  });

  it('names the columns that are missing and those that are there', async () => {
    const table = await readCsv('Größe,姓名\n1,a\n', 'people.csv');
    const mapping = { 姓名: 'nickname', 编号: 'uid', Größe: 'x' };
    expect(await failure(() => requireColumns(table, mapping, 'people.csv'))).toEqual({
      code: 'CSV_COLUMN_MISSING',
      params: { file: 'people.csv', column: '编号', found: 'Größe, 姓名' },
    });
  });

  it('has at most 1000 columns, and names ten of them', async () => {
    const header = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',');
    const table = await readCsv(`${header(1000)}\n`, 'people.csv');
    const { params } = await failure(() => requireColumns(table, { uid: 'uid' }, 'people.csv'));
    expect(params.found).toMatch(/^c0, .* c9, …$/);
    for (const count of [1001, 100_000])
      expect(await failure(() => readCsv(`${header(count)}\n`, 'people.csv'))).toEqual({
        code: 'CSV_TOO_MANY_COLUMNS',
        params: { file: 'people.csv', count, max: 1000 },
      });
  });

  it('has no row longer than a million characters, and says where a quote was left open', async () => {
    const text = `uid,name\n1,"Ada\n${'2,Grace\n'.repeat(200_000)}`;
    expect(await failure(() => readCsv(text, 'people.csv'))).toEqual({
      code: 'CSV_INVALID',
      params: { file: 'people.csv', line: 2, reason: expect.stringContaining('1000000 characters') as string },
    });
  });
});

describe('a JSON list that cannot be read says where', () => {
  it.each([
    ['a comma too many in an array', '[\n{"uid":1},\n]', 3],
    ['two commas', '[\n1,\n,2]', 3],
    ['a comma too many in an object', '[\n{"uid":1,\n}]', 3],
    ['a comma too few', '[\n{"uid":1}\n{"uid":2}]', 3],
    ['a value that is missing', '[\n{"uid":\n}]', 3],
    ['a word', '[\n{"uid":1},\n{"uid": None}]', 3],
    ['a word first of all', '\n\nuid', 3],
    ['single quotes', "[\n{'uid':1}]", 2],
    ['a line break in a string', '[{"uid":"a\n"}]', 1],
    ['an end that comes too early', '[\n{"uid":1},\n', 3],
    ['a string without an end', '[\n{"uid":"1}\n]', 2],
    ['something after the end', '[]\n[]', 2],
    ['a word after a byte order mark', '\uFEFF[\nNaN]', 2],
    ['a string full of brackets before', '[\n"]},:[\\"",\nno]', 3],
  ])('%s', async (_, text, line) => {
    expect(await failure(() => readJson(text, 'people.json'))).toEqual({
      code: 'JSON_INVALID',
      params: { file: 'people.json', reason: `line ${line}` },
    });
  });

  it('wants an array', async () => {
    await expect(readJson('{"uid":1}', 'people.json')).rejects.toThrow(
      'people.json is not valid JSON: expected an array',
    );
  });

  it('quotes nothing of the content', async () => {
    try {
      await readJson('[secret]', 'people.json');
    } catch (error) {
      expect(String(error) + String((error as Error).cause)).not.toContain('secret');
    }
    expect.assertions(1);
  });
});

describe('a long JSON list is read in parts', () => {
  const people = Array.from({ length: 20_000 }, (_, index) => ({ uid: `${index}`, note: '"],[{\\', list: [[index]] }));
  const text = (...more: string[]) => `[${[...people.map((person) => JSON.stringify(person)), ...more].join(',\n')}]`;

  it('and holds what it would hold as a whole', async () => {
    const parts: unknown[][] = [];
    for await (const part of parseJsonList(text(), 'people.json')) parts.push(part);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.flat()).toEqual(people);
  });

  it.each([
    ['a word', text('x'), 20_001],
    ['a comma too many', text().replace('},\n{"uid":"15000"', '},,\n{"uid":"15000"'), 15_000],
    ['a comma at the end', `${text().slice(0, -1)},\n]`, 20_001],
    ['something after the end', `${text()}\n{}`, 20_001],
    ['an end that comes too early', text().slice(0, -3), 20_000],
    ['an end of another kind', `${text().slice(0, -1)}}`, 20_000],
    ['an end in the middle', text().replace('},\n{"uid":"15000"', '}]\n{"uid":"15000"'), 15_001],
  ])('and says on which line there is %s', async (_, json, line) => {
    expect(await failure(() => readJson(json, 'people.json'))).toEqual({
      code: 'JSON_INVALID',
      params: { file: 'people.json', reason: `line ${line}` },
    });
  });

  it('and has no record longer than eight million characters', async () => {
    const long = (length: number) => `[{"uid":"${'x'.repeat(length)}"}]`;
    expect(await readJson(long(7_000_000), 'people.json')).toHaveLength(1);
    expect((await failure(() => readJson(long(9_000_000), 'people.json'))).params.reason).toMatch('8000000 characters');
  });
});
