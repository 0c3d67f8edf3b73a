import type { ProtectionRules } from '../../common/rules';
import { SyncError } from '../errors';
import type { PrivilegedRoles } from '../host/protection';
import { rolesOfRequest, type ActionContext } from '../host/requests/context';
import { readStoredRules } from '../sources';

/** Rules by which a source could give what only a user with a privileged role may give. */
const PERMISSIONS = ['privilegedUsers', 'departmentRoles'] as const satisfies readonly (keyof ProtectionRules)[];

/**
 * Fails with `PERMISSION_NOT_YOURS` when a person allows a source more than the person may do. What was allowed before
 * may stay, and every person who may save the source may take it back.
 */
export async function requireGiver(
  ctx: ActionContext,
  submitted: unknown,
  stored: unknown,
  privilegedRoles: Pick<PrivilegedRoles, 'mayGive'>,
): Promise<void> {
  if (submitted === undefined) return;
  const before = readStoredRules(stored).protection;
  const after = readStoredRules(submitted).protection;
  const allowed = PERMISSIONS.find((rule) => after[rule] === 'allow' && before[rule] !== 'allow');
  if (allowed === undefined || (await privilegedRoles.mayGive(rolesOfRequest(ctx)))) return;
  throw new SyncError('PERMISSION_NOT_YOURS', { path: `rules.protection.${allowed}` });
}
