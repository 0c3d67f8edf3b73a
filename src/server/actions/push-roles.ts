import type { Model } from '@nocobase/database';
import { rolesOfRequest, type AccessControl, type ActionContext } from '../host/requests/context';
import type { HttpPusher } from '../sources';

/** A role that may push only where the rules of a source name it. */
export interface PushRole {
  readonly name: string;
  /** May be a template of the host. */
  readonly title: string;
}

/** What the roles of a request may do when they push. */
export function pusherOf(ctx: ActionContext): HttpPusher {
  const { acl } = ctx.app;
  const roles = rolesOfRequest(ctx);
  return {
    roles: roles.filter((role) => mayPush(acl, role)),
    mayConfigure: roles.some((role) => mayConfigure(acl, role)),
  };
}

/** The roles that have to be named by a source to push to it: they may push, and may not configure sources. */
export async function listPushRoles(ctx: ActionContext): Promise<void> {
  const { acl } = ctx.app;
  const rows = await ctx.db.getModel<Model>('roles').findAll({ attributes: ['name', 'title'], order: ['name'] });
  const roles = rows.map((row) => row.toJSON<{ name: string; title: string | null }>());
  ctx.body = roles
    .filter(({ name }) => isPushOnly(acl, name))
    .map(({ name, title }): PushRole => ({ name, title: title ?? name }));
}

/** Whether a role may push, and may not configure sources. */
export const isPushOnly = (acl: AccessControl, role: string): boolean => mayPush(acl, role) && !mayConfigure(acl, role);

export const mayDo = (acl: AccessControl, role: string, resource: string, action: string): boolean =>
  Boolean(acl.can({ roles: [role], resource, action }));
const mayPush = (acl: AccessControl, role: string) => mayDo(acl, role, 'userData', 'push');
const mayConfigure = (acl: AccessControl, role: string) => mayDo(acl, role, 'userDataSyncSources', 'create');
