import { setImmediate } from 'node:timers/promises';
import { SyncError } from '../../errors';

/** A part of a list is cut off after so many characters, and parsed in some milliseconds. */
const PART_LENGTH = 262_144;
/** No record is longer than this, in characters. */
const RECORD_LENGTH = 8_000_000;

/**
 * The list in a JSON text, part by part; other requests get their turn between them. Fails with `JSON_INVALID` and the
 * line; the content itself stays out of the message. There is at least one part.
 */
export async function* parseJsonList(text: string, name: string): AsyncGenerator<unknown[]> {
  const json = text.replace(/^\uFEFF/, '');
  if (!/\S/.test(json)) throw new SyncError('FILE_EMPTY', { file: name });
  const start = /\S/.exec(json)?.index ?? 0;
  // What is no list is parsed as a whole, to say what is wrong with it, unless that would take long.
  if (json[start] !== '[') {
    if (json.length <= RECORD_LENGTH) parse(json, name, 1);
    throw notAList(name);
  }
  let line = 1;
  let from = 0;
  for (const to of ends(json, start, name)) {
    const isFirst = from === 0;
    const isLast = to === json.length;
    // The text of a part begins after a comma and ends with one. The zero keeps what comes after it a mistake if it is one.
    const part = (isFirst ? '' : '[0,') + (isLast ? json.slice(from) : `${json.slice(from, to - 1)}]`);
    const list = parse(part, name, line);
    if (!Array.isArray(list)) throw notAList(name);
    yield (isFirst ? list : list.slice(1)) as unknown[];
    line += lineBreaks(json, from, to);
    from = to;
    await setImmediate();
  }
}

/** Where the parts of a list end: after a comma between two of its items, and at the end of the text. */
function* ends(json: string, start: number, name: string): Generator<number> {
  let depth = 0;
  let isQuoted = false;
  let from = start;
  for (let at = start; at < json.length; at += 1) {
    const sign = json[at];
    if (isQuoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    else if (sign === ',' && depth === 1 && at - from >= PART_LENGTH) yield (from = at + 1);
    if (at - from > RECORD_LENGTH) throw tooLong(name);
  }
  yield json.length;
}

const notAList = (file: string) => new SyncError('JSON_INVALID', { file, reason: 'expected an array' });
const tooLong = (file: string) =>
  new SyncError('JSON_INVALID', { file, reason: `a record is longer than ${RECORD_LENGTH} characters` });

function lineBreaks(json: string, from: number, to: number): number {
  let count = 0;
  for (let at = json.indexOf('\n', from); at !== -1 && at < to; at = json.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** `firstLine` is that on which the text begins. */
function parse(json: string, name: string, firstLine: number): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const line = firstLine - 1 + json.slice(0, positionOf(error, json)).split('\n').length;
    // The engine's own message quotes the content, which must not be logged: it is not kept as the cause.
    throw new SyncError('JSON_INVALID', { file: name, reason: `line ${line}` });
  }
}

/** The engine tells the position of every mistake but two: an unexpected token, and an end that comes too early. */
function positionOf(error: unknown, json: string): number {
  const told = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return told === undefined ? unexpectedToken(json) : Number(told);
}

/** Where a value is expected and something else stands. */
function unexpectedToken(json: string): number {
  const token = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[\d.eE+-]+|true|false|null|[[\]{}:,])/y;
  let before = ',';
  for (;;) {
    const start = token.lastIndex;
    const found = token.exec(json)?.[1];
    if (found === undefined) return start + (/^\s*/.exec(json.slice(start))?.[0].length ?? 0);
    if (/^[,:[]$/.test(before) && /^[,:}]$/.test(found)) return token.lastIndex - 1;
    if (/^[,:]$/.test(before) && found === ']') return token.lastIndex - 1;
    before = found;
  }
}
