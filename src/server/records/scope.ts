import type { Scope, ScopeCondition } from '../../common/rules';
import type { DepartmentRecord, SyncRecord, UserRecord } from '../model/records';
import { looksLikeSecret, MASK, maskSecrets } from '../security/secrets';
import { compilePattern } from './pattern';
import { Subtrees } from './subtrees';

/** Whether a record is taken; `unknown` when what it was delivered with does not say. */
export type ScopeVerdict = 'in' | 'out' | 'unknown';

/** One condition, or the one on departments, ready to be asked. */
type Judge = (record: SyncRecord) => ScopeVerdict;

/**
 * Decides which records of a source are taken: those that meet every condition and, where subtrees are chosen, belong to
 * one of them. Pure. `parents` says for each known department of the source which one is above it.
 *
 * A field that is absent from a record leaves it open whether a condition is met. So does a department that has not
 * been delivered yet, while a user is in no department that is chosen.
 */
export class ScopeFilter {
  /** Whether nothing is restricted. */
  readonly isOpen: boolean;
  private readonly subtrees: Subtrees;
  private readonly judges: Readonly<Record<SyncRecord['dataType'], readonly Judge[]>>;

  constructor({ users, departments, subtrees }: Scope, parents: ReadonlyMap<string, string | null>) {
    this.isOpen = users.length + departments.length + subtrees.length === 0;
    this.subtrees = new Subtrees(subtrees, parents);
    const ofSubtree: Judge[] = subtrees.length > 0 ? [(record) => this.inSubtrees(record)] : [];
    this.judges = {
      user: [...users.map(toJudge), ...ofSubtree],
      department: [...departments.map(toJudge), ...ofSubtree],
    };
  }

  /** A deleted record is always `in`: what was made of it has to be removed. */
  judge(record: SyncRecord): ScopeVerdict {
    if (record.isDeleted) return 'in';
    let verdict: ScopeVerdict = 'in';
    for (const judge of this.judges[record.dataType]) {
      const next = judge(record);
      if (next === 'out') return 'out';
      if (next === 'unknown') verdict = 'unknown';
    }
    return verdict;
  }

  /** The record without what points out of the subtrees: a user's other departments, the parent of the topmost one. */
  narrow<R extends SyncRecord>(record: R): R {
    if (this.subtrees.isEmpty || record.isDeleted) return record;
    return (record.dataType === 'user' ? this.narrowUser(record) : this.narrowDepartment(record)) as R;
  }

  private inSubtrees(record: SyncRecord): ScopeVerdict {
    if (record.dataType === 'department')
      return this.subtrees.isRoot(record.uid) || this.subtrees.has(record.parentUid) ? 'in' : 'out';
    if (!record.departments) return 'unknown';
    if (record.departments.some(({ uid }) => this.subtrees.has(uid))) return 'in';
    return record.departments.every(({ uid }) => this.subtrees.knows(uid)) ? 'out' : 'unknown';
  }

  private narrowUser(record: UserRecord): UserRecord {
    const departments = record.departments?.filter(({ uid }) => this.subtrees.has(uid));
    if (!departments || departments.length === record.departments?.length) return record;
    const listed = record.raw.departments as readonly unknown[];
    const raw = { ...record.raw, departments: listed.filter((item) => this.subtrees.has(uidOf(item))) };
    return { ...record, departments, raw };
  }

  private narrowDepartment(record: DepartmentRecord): DepartmentRecord {
    if (record.parentUid === null || !this.subtrees.isRoot(record.uid) || this.subtrees.has(record.parentUid))
      return record;
    return { ...record, parentUid: null, raw: { ...record.raw, parentUid: null } };
  }
}

/** The uid of a department as it is listed in a record that was understood. */
function uidOf(item: unknown): string {
  const uid: unknown = typeof item === 'object' && item !== null ? (item as { uid: unknown }).uid : item;
  return String(uid);
}

function toJudge({ field, operator, value }: ScopeCondition): Judge {
  const meets = comparison(operator, value);
  return (record) => {
    const found = valueOf(record, field);
    if (found === undefined) return 'unknown';
    return textsOf(found).some(meets) ? 'in' : 'out';
  };
}

function comparison(operator: ScopeCondition['operator'], value: string): (text: string) => boolean {
  const wanted = folded(value);
  switch (operator) {
    case 'equals':
      return (text) => folded(text) === wanted;
    case 'contains':
      return (text) => folded(text).includes(wanted);
    case 'matches': {
      const pattern = compilePattern(value);
      return (text) => pattern.test(text);
    }
  }
}

const folded = (text: string) => text.trim().toLowerCase();

/** Values as they are stored: a condition must not find out, bit by bit, what a secret one is. */
function valueOf(record: SyncRecord, field: string): unknown {
  if (field === 'uid') return record.uid;
  if (record.dataType === 'user' && field === 'departments') return record.departments?.map(({ uid }) => uid);
  if (record.dataType === 'department' && field === 'title') return record.title;
  if (record.dataType === 'department' && field === 'parentUid') return record.parentUid;
  if (!Object.hasOwn(record.fields, field)) return undefined;
  return looksLikeSecret(field) ? MASK : maskSecrets(record.fields[field]);
}

type Scalar = string | number | boolean | null;

/** What of a value can be compared: its text, or the texts in a list or object. Nothing is an empty text. */
function textsOf(value: unknown): string[] {
  if (isScalar(value)) return [textOf(value)];
  const items: unknown[] = Object.values(value as object);
  return items.length === 0 ? [''] : items.filter(isScalar).map(textOf);
}

const isScalar = (value: unknown): value is Scalar => typeof value !== 'object' || value === null;
const textOf = (value: Scalar): string => (value === null ? '' : String(value));
