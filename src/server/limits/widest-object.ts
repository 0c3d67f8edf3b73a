import type { Steps } from '../pacing';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** So many signs are looked at between two chances to pause. */
const SIGNS_PER_STEP = 50_000;

/**
 * Whether a JSON text has an object with more than so many members. Of the object itself that cannot be found out without
 * copying all its keys at once, which would hold up other requests for too long.
 */
export function* hasWideObject(json: string, most: number): Steps<boolean> {
  // How many members each open object has, and -1 for each open list.
  const open: number[] = [];
  for (let at = 0, signs = 0; at < json.length; at += 1, signs += 1) {
    if (signs % SIGNS_PER_STEP === 0) yield;
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at);
    else if (code === OBJECT) open.push(1);
    else if (code === LIST) open.push(-1);
    else if (code === OBJECT_END || code === LIST_END) open.pop();
    else if (code === COMMA) {
      const members = open.pop() ?? -1;
      if (members >= most) return true;
      open.push(members === -1 ? -1 : members + 1);
    }
  }
  return false;
}

/** Where a text that begins at a quote ends. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}
