import document from '../../swagger';
import type { ActionContext } from '../host/requests/context';
import { BUILT_IN_NAME } from '../model/names';

interface Description {
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

/**
 * The plugin for API documentation collects what all plugins that the database calls enabled say of their actions, the
 * built-in one included. Where both describe the same, only this plugin's description stays.
 */
export async function describeForBuiltIn(ctx: ActionContext, next: () => Promise<unknown>): Promise<void> {
  await next();
  const { resourceName, actionName } = ctx.action;
  if (resourceName !== 'swagger') return;
  const { body } = ctx;
  if (actionName === 'getUrls' && Array.isArray(body)) {
    const page = encodeURIComponent(`plugins/${BUILT_IN_NAME}`);
    ctx.body = (body as { url: string }[]).filter(({ url }) => !url.endsWith(`=${page}`));
  }
  if (actionName === 'get') describe(body as Description | undefined);
}

function describe(collected: Description | undefined): void {
  const { paths, components } = collected ?? {};
  if (!paths || !('/userData:push' in paths)) return;
  Object.assign(paths, document.paths);
  if (components?.schemas) Object.assign(components.schemas, document.components.schemas);
}
