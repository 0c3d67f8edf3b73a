import { SyncError } from '../errors';
import { rulesOf, type ProtectionRules } from '../sources';
import type { PrivilegedRoles } from '../targets/shared/protection';
import { rolesOfRequest, type ActionContext } from './context';

/** Rules by which a source could give what only somebody with such a role may give. */
const PERMISSIONS = ['privilegedUsers', 'departmentRoles'] as const satisfies readonly (keyof ProtectionRules)[];

/**
 * Fails with `PERMISSION_NOT_YOURS` when somebody allows a source more than they may do themselves. What was allowed
 * before may stay, and may be taken back by anybody who may save the source.
 */
export async function requireGiver(
  ctx: ActionContext,
  submitted: unknown,
  stored: unknown,
  privilegedRoles: Pick<PrivilegedRoles, 'mayGive'>,
): Promise<void> {
  if (submitted === undefined) return;
  const before = rulesOf(stored).protection;
  const after = rulesOf(submitted).protection;
  const allowed = PERMISSIONS.find((rule) => after[rule] === 'allow' && before[rule] !== 'allow');
  if (allowed === undefined || (await privilegedRoles.mayGive(rolesOfRequest(ctx)))) return;
  throw new SyncError('PERMISSION_NOT_YOURS', { path: `rules.protection.${allowed}` });
}
