import type { Database } from '@nocobase/database';
import { SyncError } from '../errors';
import { looksAlike } from './lookalikes';

/** What is not seen: controls, formats, unassigned and private signs, fillers, and the empty pattern of Braille. */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The scripts that Unicode recommends for names (UAX #31); others have letters that look like these. */
const SCRIPTS = [
  ...['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati'],
  ...['Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao', 'Tibetan', 'Myanmar', 'Georgian'],
  ...['Ethiopic', 'Khmer', 'Thaana', 'Hangul', 'Hiragana', 'Katakana', 'Bopomofo', 'Han'],
];
/** Scripts that are written together in one word. */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const ALLOWED = [...SCRIPTS.map((script) => [script]), ...TOGETHER].map(
  (scripts) =>
    new RegExp(`^[\\p{N}\\p{M}${['Common', ...scripts].map((s) => `\\p{Script_Extensions=${s}}`).join('')}]*$`, 'u'),
);

/**
 * Checks a new name. It must have no invisible characters and must not look like another name: a person who approves a
 * run or makes a key sees only what the name looks like. Names that exist already stay valid.
 * Fails with `SOURCE_NAME_INVALID` or `SOURCE_NAME_SIMILAR`.
 */
export async function requireNewSourceName(db: Database, name: string): Promise<void> {
  if (!isPlain(name)) throw new SyncError('SOURCE_NAME_INVALID', { name: visible(name) });
  const rows: unknown = await db.getModel('userDataSyncSources').findAll({ attributes: ['name'], raw: true });
  const other = (rows as { name: string | null }[]).find((row) => row.name !== null && looksAlike(row.name, name));
  if (other?.name) throw new SyncError('SOURCE_NAME_SIMILAR', { name, other: other.name });
}

/** Whether every sign is seen and is what it looks like, and no word mixes letters of scripts that are not mixed. */
function isPlain(name: string): boolean {
  if (INVISIBLE.test(name) || name.normalize('NFKC') !== name) return false;
  const words = name.split(/[^\p{L}\p{M}\p{N}]+/u);
  return words.every((word) => ALLOWED.some((script) => script.test(word)));
}

/** A name for a message: what cannot be seen is written as a number. */
const visible = (name: string) =>
  name.replace(new RegExp(INVISIBLE, 'gu'), (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
