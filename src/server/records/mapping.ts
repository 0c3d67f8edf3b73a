import type { Delivery } from '../model/records';
import { setOwn } from '../security/set-own';

/** Separates the entries of a list in one cell. */
const LIST_SEPARATOR = ';';
const TRUE_WORDS = new Set(['1', 'true', 'yes', 'y', 'x']);
const FALSE_WORDS = new Set(['', '0', 'false', 'no', 'n']);

/**
 * Renames source fields to fields and reads the cells of a table. What is not an object is handed on untouched,
 * to be rejected with everything else that has a wrong shape. Source fields that the mapping does not mention are left out.
 */
export function mapRecord(delivered: unknown, delivery: Pick<Delivery, 'mapping' | 'textCells'>): unknown {
  if (typeof delivered !== 'object' || delivered === null || Array.isArray(delivered)) return delivered;
  const renamed = delivery.mapping ? rename(delivered as Record<string, unknown>, delivery.mapping) : delivered;
  return delivery.textCells ? readCells(renamed as Record<string, unknown>) : renamed;
}

function rename(
  delivered: Record<string, unknown>,
  mapping: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [sourceField, field] of Object.entries(mapping)) {
    if (Object.hasOwn(delivered, sourceField)) setOwn(renamed, field, delivered[sourceField]);
  }
  return renamed;
}

/**
 * A cell holds text: an empty one empties the field, a list is separated by semicolons, a flag is a word.
 * `ownedDepartments` and `mainDepartment` say in columns of their own what an object says as `isOwner` and `isMain`.
 */
function readCells({ ownedDepartments, mainDepartment, ...cells }: Record<string, unknown>): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [field, cell] of Object.entries(cells)) setOwn(record, field, cell === '' ? null : cell);
  if ('isDeleted' in cells) record.isDeleted = readFlag(cells.isDeleted);
  if ([cells.departments, ownedDepartments, mainDepartment].some((cell) => cell !== undefined)) {
    const owned = new Set(readList(ownedDepartments));
    const main = new Set(readList(mainDepartment));
    record.departments = [...new Set([...readList(cells.departments), ...owned, ...main])].map((uid) => ({
      uid,
      isOwner: owned.has(uid),
      isMain: main.has(uid),
    }));
  }
  return record;
}

function readList(cell: unknown): string[] {
  if (typeof cell !== 'string') return [];
  return cell
    .split(LIST_SEPARATOR)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A word that is neither yes nor no is handed on as it is, to be rejected as a wrong value. */
function readFlag(cell: unknown): unknown {
  const word = typeof cell === 'string' ? cell.trim().toLowerCase() : cell;
  if (typeof word !== 'string') return word;
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : cell;
}
