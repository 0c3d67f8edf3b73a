import type { Translate } from '../host';
import type { Outcome } from '../model';

/** What a target is called; one that a plugin registered may have no title and is called by its name. */
export function targetTitle(target: string, t: Translate): string {
  const key = `target.${target}`;
  const title = t(key);
  return title === key ? target : title;
}

/** What the target of departments writes for a person is where that person belongs. */
const MEMBERSHIP_FIELDS = ['departments', 'ownedDepartments', 'mainDepartment'];

/** What an outcome is about, as exactly as can be known. */
export function outcomeTitle({ target, changes }: Pick<Outcome, 'target' | 'changes'>, t: Translate): string {
  const isMembership = target === 'departments' && MEMBERSHIP_FIELDS.some((field) => field in (changes ?? {}));
  return isMembership ? t('target.memberships') : targetTitle(target, t);
}
