import type { ActionContext } from '../host/requests/context';
import { parseSettings } from '../settings/parse-settings';
import { SettingsStore } from '../settings/settings-store';

/** What holds for all sources. */
export async function readSettings(ctx: ActionContext): Promise<void> {
  ctx.body = await new SettingsStore(ctx.db).read();
}

/** Changes the settings that the body names, and answers with all of them. */
export async function saveSettings(ctx: ActionContext): Promise<void> {
  const store = new SettingsStore(ctx.db);
  const settings = parseSettings(ctx.action.params.values, await store.read());
  await store.save(settings);
  ctx.body = settings;
}
