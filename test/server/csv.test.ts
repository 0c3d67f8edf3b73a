import { SyncError } from '../../src/server/errors';
import { parseCsv, requireColumns } from '../../src/server/sources/file/parse-csv';
import { parseJsonList } from '../../src/server/sources/file/parse-json';

/** What a call fails with, as code and params. */
function failure(call: () => unknown): Pick<SyncError, 'code' | 'params'> {
  try {
    call();
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
  ])('%s', (_, text) => {
    expect(parseCsv(text, 'people.csv').records).toEqual(people);
  });

  it('takes the delimiter outside of quotes, and the one that is given before any other', () => {
    expect(parseCsv('"uid,or,number";name\n1;Ada\n', 'p').headers).toEqual(['uid,or,number', 'name']);
    expect(parseCsv('uid,a;name\n1;Ada\n', 'p', ';').records).toEqual([{ 'uid,a': '1', name: 'Ada' }]);
    expect(parseCsv('uid#name\n1#Ada\n', 'p', '#').records).toEqual([{ uid: '1', name: 'Ada' }]);
  });

  it('keeps cells that are empty at either end of a row of tabs', () => {
    const { records } = parseCsv('a\tb\tc\n\t\t3\n1\t\t\n', 'p');
    expect(records).toEqual([
      { a: '', b: '', c: '3' },
      { a: '1', b: '', c: '' },
    ]);
  });

  it('keeps delimiters, doubled quotes and line breaks inside of quotes', () => {
    const { records } = parseCsv('uid,name\r\n1,"Lovelace, ""Ada""\r\nCountess"\r\n', 'p');
    expect(records).toEqual([{ uid: '1', name: 'Lovelace, "Ada"\nCountess' }]);
  });

  it('reads a header alone as a table without rows', () => {
    expect(parseCsv('uid,name\n', 'p')).toEqual({ headers: ['uid', 'name'], records: [], lines: [] });
  });

  it.each(['\n', '\r\n', '\r'])('knows the line on which each row begins, with %j between lines', (lineBreak) => {
    const lines = ['uid,name', '1,"a', 'b"', '', '', '2,"c', '', 'd"', '3,e'];
    expect(parseCsv(lines.join(lineBreak), 'p').lines).toEqual([2, 6, 9]);
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
  ])('%s', (_, text, line) => {
    expect(failure(() => parseCsv(text, 'people.csv'))).toEqual({
      code: 'CSV_INVALID',
      params: { file: 'people.csv', line, reason: expect.any(String) as string },
    });
  });

  it.each([
    ['too few cells', rows('uid,name', '1,"a', 'b"', '2', '3,c'), 1, 'people.csv, line 4: 1 cells instead of 2.'],
    ['too many cells', rows('uid,name', '1,a', '2,b,c', '3,d'), 1, 'people.csv, line 3: 3 cells instead of 2.'],
  ])('%s spoil only their own row', (_, text, index, message) => {
    const { records } = parseCsv(text, 'people.csv');
    expect(records.filter((record) => record instanceof SyncError)).toHaveLength(1);
    expect((records[index] as SyncError).message).toContain(message);
  });

  it('names a column that is there twice', () => {
    expect(failure(() => parseCsv('uid,Name, Name \n1,a,b\n', 'people.csv'))).toEqual({
      code: 'CSV_COLUMN_DUPLICATE',
      params: { file: 'people.csv', column: 'Name' },
    });
  });

  it('names the columns that are missing and those that are there', () => {
    const table = parseCsv('Größe,姓名\n1,a\n', 'people.csv');
    expect(failure(() => requireColumns(table, { 姓名: 'nickname', 编号: 'uid', Größe: 'x' }, 'people.csv'))).toEqual({
      code: 'CSV_COLUMN_MISSING',
      params: { file: 'people.csv', column: '编号', found: 'Größe, 姓名' },
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
  ])('%s', (_, text, line) => {
    expect(failure(() => parseJsonList(text, 'people.json'))).toEqual({
      code: 'JSON_INVALID',
      params: { file: 'people.json', reason: `line ${line}` },
    });
  });

  it('wants an array', () => {
    expect(() => parseJsonList('{"uid":1}', 'people.json')).toThrow('people.json is not valid JSON: expected an array');
  });

  it('quotes nothing of the content', () => {
    try {
      parseJsonList('[secret]', 'people.json');
    } catch (error) {
      expect(String(error) + String((error as Error).cause)).not.toContain('secret');
    }
    expect.assertions(1);
  });
});
