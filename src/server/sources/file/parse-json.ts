import { SyncError } from '../../errors';

/** The list in a JSON text. Fails with `JSON_INVALID` and the line; the content itself stays out of the message. */
export function parseJsonList(text: string, name: string): unknown[] {
  const json = text.replace(/^\uFEFF/, '');
  const list = parse(json, name);
  if (!Array.isArray(list)) throw new SyncError('JSON_INVALID', { file: name, reason: 'expected an array' });
  return list;
}

function parse(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const line = json.slice(0, positionOf(error, json)).split('\n').length;
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
