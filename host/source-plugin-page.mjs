import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { eventually } from './stock-host.mjs';

const { findChromium, howToInstall, launchOptions } = createRequire(import.meta.url)('./chromium.cjs');

/** The host's legacy and modern client. */
const clients = { legacy: '', modern: '/v' };

/**
 * Adds a source of the type of `docs/packaging.md` on the page, in both clients.
 *
 * @param {import('./stock-host.mjs').StockHost} host where the plugin is enabled
 */
export async function useForms(host) {
  const executable = findChromium();
  if (!executable) {
    if (process.env.CI === 'true') throw new Error(`the form is looked at with a Chromium. ${howToInstall}`);
    console.warn(`No Chromium was found, so the form of the source plugin was LEFT OUT. ${howToInstall}`);
    return;
  }
  const browser = await chromium.launch(launchOptions(executable));
  try {
    for (const [client, base] of Object.entries(clients)) await addSource(browser, host, `by-${client}-page`, base);
  } finally {
    await browser.close();
  }
}

async function addSource(browser, host, name, base) {
  const context = await browser.newContext();
  const stored = { NOCOBASE_TOKEN: host.token, NOCOBASE_ROLE: 'root', NOCOBASE_LOCALE: 'en-US' };
  await context.addInitScript((entries) => {
    for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
  }, stored);
  const page = await context.newPage();
  await page.goto(`${host.url}${base}/admin/settings/users-permissions/sync`);
  await page.getByRole('button', { name: 'Add new' }).click();
  await page.getByRole('menuitem', { name: 'HR system' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Address of the HR system').fill('https://hr.example.com');
  await page.getByLabel('Access token').fill('let-me-in');
  await page.getByRole('button', { name: 'Save' }).click();
  await eventually(`the source ${name} has the options of the form`, async () => {
    const sources = await host.get(`/userDataSyncSources:list?filter[name]=${name}`);
    return (sources?.[0]?.options.url && sources[0].secretsSet.includes('token')) || undefined;
  });
  await context.close();
}
