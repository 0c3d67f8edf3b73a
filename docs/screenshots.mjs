/**
 * `npm run docs:screenshots`: starts a host with the demo company, goes through the page as an administrator would, and
 * puts pictures of it into `docs/images`.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const { stagePackage, startHost } = require('../host/child.cjs');
const { findChromium, howToInstall, launchOptions } = require('../host/chromium.cjs');

const images = fileURLToPath(new URL('images', import.meta.url));
const executable = findChromium();
if (!executable) throw new Error(`No Chromium was found. ${howToInstall}`);

mkdirSync(images, { recursive: true });
stagePackage();
const storage = mkdtempSync(join(tmpdir(), 'user-data-sync-screenshots-'));
const host = await startHost(storage);
const browser = await chromium.launch(launchOptions(executable));
try {
  const token = await signIn();
  await administrator(await open(token, { width: 1280, height: 800 }));
  await phone(await open(token, { width: 390, height: 844 }));
} finally {
  await browser.close();
  await host.stop();
  rmSync(storage, { recursive: true, force: true });
}

/** What `docs/page.md` tells, in its order. */
async function administrator(page) {
  const demo = page.getByRole('row').filter({ hasText: 'Demo company' });
  const details = drawer(page, /^Task \d+$/);
  const tasks = drawer(page, 'Tasks of Demo company');
  const people = join(storage, 'user-data-sync', 'demo', 'people.csv');

  await button(demo, 'Sync').click();
  await demo.getByText(/62 created/).waitFor();
  await picture(page, 'sources');

  await page.getByRole('button', { name: 'Add new' }).click();
  await page.getByRole('menuitem', { name: 'CSV or JSON file' }).click();
  const adding = drawer(page, 'Add source');
  await adding.getByLabel('Name', { exact: true }).fill('hr');
  await adding.getByLabel('Display name').fill('HR system');
  await picture(page, 'add-source');
  await button(adding, 'Cancel').click();
  await button(demo, 'Configure').click();
  await picture(page, 'configure-source');
  await button(drawer(page, 'Configure'), 'Cancel').click();

  const changed = readFileSync(people, 'utf8');
  writeFileSync(people, changed.replace('Margarethe Lindqvist', 'Margarethe Lindqvist-Berg').replace(',FIN;', ',OPS;'));
  await button(demo, 'Sync').click();
  await demo
    .getByText(/1 updated/)
    .first()
    .waitFor();
  await button(demo, 'Tasks').click();
  await button(tasks, 'Details').first().click();
  await details.getByText('Margarethe Lindqvist-Berg').first().waitFor();
  await picture(page, 'task');
  await button(details, 'Close').click();
  await button(tasks, 'Close').click();

  appendFileSync(people, '9999,"Oops\n');
  await button(demo, 'Sync').click();
  await demo.getByText('Failed', { exact: true }).waitFor();
  await button(demo, 'Tasks').click();
  await button(tasks, 'Details').first().waitFor();
  await picture(page, 'tasks');
  await button(tasks, 'Details').first().click();
  await details
    .getByText(/never closed/)
    .first()
    .waitFor();
  await picture(page, 'failed-task');
  await button(details, 'Close').click();
  await button(tasks, 'Close').click();

  await page.getByRole('tab', { name: 'Update history' }).click();
  await button(page, 'Details').first().waitFor();
  await picture(page, 'history');
  await page.getByRole('tab', { name: 'Sources' }).click();
  await button(page.getByRole('row').filter({ hasText: 'HTTP API' }), 'Tasks').click();
  await drawer(page, 'Tasks of HTTP API').getByText('curl').waitFor();
  await picture(page, 'http-api');
  await button(drawer(page, 'Tasks of HTTP API'), 'Close').click();

  await useDarkTheme(page);
  await picture(page, 'dark');
}

async function phone(page) {
  await button(page.getByRole('row').filter({ hasText: 'HTTP API' }), 'Tasks').click();
  await drawer(page, 'Tasks of HTTP API').getByText('curl').waitFor();
  await picture(page, 'phone');
}

async function open(token, viewport) {
  const context = await browser.newContext({ viewport, locale: 'en-US', reducedMotion: 'reduce' });
  await context.addInitScript((value) => {
    localStorage.setItem('NOCOBASE_TOKEN', value);
    localStorage.setItem('NOCOBASE_ROLE', 'root');
    localStorage.setItem('NOCOBASE_LOCALE', 'en-US');
  }, token);
  const page = await context.newPage();
  await page.goto(`${host.url}/v/admin/settings/users-permissions/sync`);
  await page.getByRole('row').filter({ hasText: 'Demo company' }).waitFor();
  return page;
}

/** As soon as nothing moves any more: a drawer slides in, and a picture taken on the way shows half of it. */
async function picture(page, name) {
  await page.mouse.move(0, 0);
  await page.waitForFunction(() =>
    document.getAnimations().every(({ effect }) => effect?.getComputedTiming().endTime === Infinity),
  );
  const file = join(images, `${name}.png`);
  await page.screenshot({ path: file });
  console.log(`docs/images/${name}.png, ${Math.round(statSync(file).size / 1024)} KB`);
}

/**
 * What NocoBase's theme editor does, which this host does not have: it hands another theme to the provider that the
 * client keeps all pages in.
 */
async function useDarkTheme(page) {
  await page.evaluate(async () => {
    const antd = await new Promise((resolve, reject) => window.requirejs.requirejs(['antd'], resolve, reject));
    const root = document.getElementById('root');
    const themes = find(root[Object.keys(root).find((key) => key.startsWith('__reactContainer'))]);
    themes.setTheme({ ...themes.theme, algorithm: antd.theme.darkAlgorithm });

    function find(fiber) {
      for (let one = fiber; one; one = one.sibling) {
        const value = one.memoizedProps?.value;
        if (value && typeof value === 'object' && 'setTheme' in value) return value;
        const below = find(one.child);
        if (below) return below;
      }
    }
  });
}

function drawer(page, title) {
  return page.getByRole('dialog').filter({ has: page.locator('.ant-drawer-title', { hasText: title }) });
}

function button(within, name) {
  return within.getByRole('button', { name, exact: true });
}

async function signIn() {
  const answer = await fetch(`${host.url}/api/auth:signIn`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Authenticator': 'basic' },
    body: JSON.stringify({ account: 'admin@nocobase.com', password: 'admin123' }),
  });
  return (await answer.json()).data.token;
}
