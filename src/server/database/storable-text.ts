/** What databases do not keep as it is: NUL, and halves of characters, which all become the same replacement. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');

/** Whether a text comes back from every database as it was written. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** A text cut to a column's length, with the Unicode replacement character for what cannot be stored. */
export function toStorable(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(ALL_UNSTORABLE, '\ufffd');
}
