import type { UserDisabling } from '../disabled-users';
import { rolesOfRequest, type ActionContext } from '../host/requests/context';
import { requireId, requirePost } from './params';

/** Disables a user by hand, in the name of the user who sends the request. */
export async function disableUser(ctx: ActionContext, disabling: UserDisabling): Promise<void> {
  requirePost(ctx);
  await disabling.disable(requireId(ctx, 'userId'), ctx.state.currentUser?.id, rolesOfRequest(ctx));
  ctx.body = {};
}

/** Enables a user who was disabled by a run or by a person. */
export async function enableUser(ctx: ActionContext, disabling: UserDisabling): Promise<void> {
  requirePost(ctx);
  await disabling.enable(requireId(ctx, 'userId'));
  ctx.body = {};
}
