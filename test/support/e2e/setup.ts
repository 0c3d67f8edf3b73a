import { rmSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { findChromium, howToInstall, launchOptions } from '../../../host/chromium.cjs';
import { startHost } from '../../../host/child.cjs';
import stageOnce from '../staged-package';
import { makeStorageFolder } from '../storage-folder';
import { signIn, type Host } from './host';

type Running = typeof globalThis & { stopEndToEnd?: () => Promise<void> };

/** One host and one browser for all end-to-end tests; the tests get to know them by the environment. */
export default async function setup(): Promise<void> {
  const executable = findChromium();
  if (!executable) {
    if (process.env.CI === 'true') throw new Error(`End-to-end tests need a Chromium. ${howToInstall}`);
    console.warn(`\nNo Chromium was found, so the end-to-end tests are LEFT OUT. ${howToInstall}\n`);
    return;
  }
  stageOnce();
  const storagePath = makeStorageFolder('user-data-sync-e2e-');
  const [host, browser] = await Promise.all([startHost(storagePath), chromium.launchServer(launchOptions(executable))]);
  (globalThis as Running).stopEndToEnd = async () => {
    await Promise.all([browser.close(), host.stop()]);
    rmSync(storagePath, { recursive: true, force: true });
  };
  const token = await signIn(host.url, 'admin@nocobase.com', 'admin123');
  const described: Host = { url: host.url, storagePath, token, browser: browser.wsEndpoint() };
  process.env.USER_DATA_SYNC_TEST_HOST = JSON.stringify(described);
}
