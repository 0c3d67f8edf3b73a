import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { host } from './host';

const NAME = 'nocobase-plugin-stranger';
const root = path.resolve(__dirname, '../../..');
const folder = path.join(root, 'node_modules', NAME);

/** Builds the source plugin of somebody else, and enables it as an administrator does. */
export async function enableStranger(): Promise<void> {
  execFileSync(process.execPath, [path.join(root, 'test/fixtures/stranger-plugin/build.mjs'), folder], {
    stdio: 'inherit',
  });
  await ask(`pm:enable?filterByTk=${NAME}`, 'POST');
  // The host starts anew, and answers what it likes until it has.
  for (;;) {
    const types = await ask('userData:listSyncTypes').catch(() => undefined);
    if (JSON.stringify(types)?.includes('"stranger"')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Nobody else's host is to find it. */
export async function removeStranger(): Promise<void> {
  await ask(`pm:disable?filterByTk=${NAME}`, 'POST');
  for (;;) {
    const types = await ask('userData:listSyncTypes').catch(() => undefined);
    if (types && !JSON.stringify(types).includes('"stranger"')) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  rmSync(folder, { recursive: true, force: true });
}

async function ask(action: string, method = 'GET'): Promise<unknown> {
  const answer = await fetch(`${host().url}/api/${action}`, {
    method,
    headers: { Authorization: `Bearer ${host().token}` },
  });
  if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
