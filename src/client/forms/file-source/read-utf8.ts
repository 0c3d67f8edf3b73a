/** Where bytes stop being UTF-8; both count from 1. */
export interface WrongPlace {
  readonly line: number;
  readonly column: number;
}

const LINE_BREAK = 0x0a;

/** The text of UTF-8 bytes, or the first place that is none: read in another encoding it would be wrong without a word. */
export function readUtf8(bytes: Uint8Array): { readonly text: string } | { readonly wrong: WrongPlace } {
  // No text has a zero byte, but every second byte of UTF-16 may be one.
  if (!bytes.includes(0)) {
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      return { wrong: firstWrong(bytes) };
    }
  }
  return { wrong: { line: 1, column: 1 } };
}

function firstWrong(bytes: Uint8Array): WrongPlace {
  for (let line = 1, start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(LINE_BREAK, start);
    const end = found < 0 ? bytes.length : found;
    const content = bytes.subarray(start, end);
    if (!isUtf8(content)) return { line, column: new TextDecoder().decode(content).indexOf('\uFFFD') + 1 };
    start = end + 1;
  }
  return { line: 1, column: 1 };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
