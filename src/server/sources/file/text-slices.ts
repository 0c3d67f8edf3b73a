import { SyncError } from '../../errors';

/** Slices of this size, in bytes or characters, are dealt with in some milliseconds. */
export const SLICE_SIZE = 65_536;

/**
 * Text of UTF-8 bytes, with or without a byte order mark, slice by slice. Anything else is refused instead of read
 * wrongly; no text has a zero byte, but every second byte of UTF-16 may be one.
 */
export async function* decodeUtf8(slices: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    if (bytes?.includes(0)) throw new SyncError('FILE_NOT_UTF8', { file: name });
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      throw new SyncError('FILE_NOT_UTF8', { file: name }, { cause: error });
    }
  };
  for await (const bytes of slices) yield decode(bytes);
  yield decode();
}

/** A text in slices; a character of two code units stays whole. */
export async function* slicesOf(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length;) {
    let end = start + SLICE_SIZE;
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

/** The whole text of slices, without a byte order mark. */
export async function joined(slices: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const slice of slices) parts.push(slice);
  return parts.join('').replace(/^\uFEFF/, '');
}

/** Every line break as `\n`, and no byte order mark. */
export async function* withPlainLines(slices: AsyncIterable<string>): AsyncGenerator<string> {
  let isFirst = true;
  let endsWithReturn = false;
  for await (const slice of slices) {
    if (slice === '') continue;
    // The second half of a line break whose first half has been written already.
    const rest = endsWithReturn && slice.startsWith('\n') ? slice.slice(1) : slice;
    endsWithReturn = slice.endsWith('\r');
    yield (isFirst ? rest.replace(/^\uFEFF/, '') : rest).replace(/\r\n?/g, '\n');
    isFirst = false;
  }
}
