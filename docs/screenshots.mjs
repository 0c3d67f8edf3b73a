/**
 * `npm run docs:screenshots`: starts a host with the demo company, goes through the page as an administrator would, and
 * puts pictures of it into `docs/images`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/** What `docs/page.md` tells, as nearly in its order as one thing can follow from another. */
async function administrator(page) {
  await sources(page);
  await details(page);
  await previewed(page);
  await held(page);
  await people(page);
  await failed(page);
  await others(page);
  await useDarkTheme(page);
  await picture(page, 'dark');
}

async function sources(page) {
  await sync(page, /62 created/);
  await picture(page, 'sources');

  await page.getByRole('button', { name: 'Add new' }).click();
  await page.getByRole('menuitem', { name: 'CSV or JSON file' }).click();
  const adding = drawer(page, 'Add source');
  await adding.getByLabel('Name', { exact: true }).fill('hr');
  await adding.getByLabel('Display name').fill('HR system');
  await adding.getByText('Delivery mode').waitFor();
  await picture(page, 'add-source');
  await button(adding, 'Cancel').click();
  await button(page.getByRole('dialog', { name: 'Discard your changes?' }), 'Discard').click();

  const configuring = drawer(page, 'Configure');
  await button(demo(page), 'Configure').click();
  await configuring.getByText('Delivery mode').waitFor();
  await picture(page, 'configure-source');
  await configuring.getByRole('radio', { name: /^Full list/ }).check();
  const rules = configuring.getByRole('button', { name: 'Removals, limits and scope' });
  await rules.click();
  await settled(page);
  await button(configuring.getByRole('group', { name: 'Conditions on users' }), 'Add condition').click();
  const field = configuring.getByRole('combobox', { name: 'Field of condition 1' });
  await field.fill('email');
  await field.press('Enter');
  await choose(page, configuring.getByRole('combobox', { name: 'Comparison of condition 1' }), 'contains');
  await configuring.getByLabel('Value of condition 1').fill('@example.com');
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: 1150 });
  await rules.evaluate((heading) => heading.scrollIntoView());
  await picture(page, 'rules', configuring);
  await page.setViewportSize({ width, height });
  await button(configuring, 'Save').click();
  await configuring.waitFor({ state: 'hidden' });
}

async function details(page) {
  change((lines) =>
    lines.map((line) =>
      line
        .replace('Margarethe Lindqvist', 'Margarethe Lindqvist-Berg')
        .replace(',margarethe.lindqvist@', ',margarethe.berg@'),
    ),
  );
  await sync(page, /1 updated/);
  await openNewestTask(page);
  await task(page).getByText('Margarethe Lindqvist-Berg').first().waitFor();
  await picture(page, 'task');
  await close(page);
}

async function previewed(page) {
  change((lines) => lines.slice(0, -4).map((line) => line.replace('Jürgen Weiß', 'Jürgen Weiss')));
  await button(demo(page), 'Preview').click();
  await task(page).getByText('Jürgen Weiss').first().waitFor();
  await picture(page, 'preview');
  await button(task(page), 'Run now').click();
  await task(page).getByText('4 disabled').waitFor();
  await button(task(page), 'Close').click();
}

async function held(page) {
  change((lines) => [...lines.slice(0, 5), ...lines.slice(24)]);
  await sync(page, 'Blocked');
  await button(demo(page), 'Review').click();
  await task(page).getByText('Would be disabled').first().waitFor();
  await picture(page, 'blocked');
  await button(task(page), 'Approve').click();
  await button(page.getByRole('dialog', { name: /^Approve this run of/ }), 'Approve').click();
  await task(page)
    .getByText(/19 disabled/)
    .waitFor();
  await button(task(page), 'Close').click();
}

async function people(page) {
  await page.getByRole('tab', { name: 'Changes' }).click();
  await search(page, 'Search by uid or name', 'Margarethe');
  await page.getByRole('row').filter({ hasText: 'Created' }).waitFor();
  await picture(page, 'changes');

  await page.getByRole('tab', { name: 'Disabled users' }).click();
  await button(page, 'Disable a user').click();
  const asking = page.getByRole('dialog', { name: 'Disable a user' });
  await asking.getByRole('combobox', { name: 'User' }).fill('Ifeoma');
  await page.locator('.ant-select-item-option').filter({ hasText: 'Ifeoma' }).waitFor();
  await asking.getByRole('combobox', { name: 'User' }).press('Enter');
  await button(asking, 'Disable').click();
  await page.getByRole('row').filter({ hasText: 'Ifeoma' }).waitFor();
  await page.locator('.ant-message-notice').waitFor({ state: 'detached' });
  await picture(page, 'disabled-users');
  await page.getByRole('tab', { name: 'Sources' }).click();
}

async function failed(page) {
  change((lines) => [...lines, '9999,"Oops']);
  await sync(page, 'Failed');
  await button(demo(page), 'Tasks').click();
  await button(tasks(page), 'Details').first().waitFor();
  await picture(page, 'tasks');
  await button(tasks(page), 'Details').first().click();
  await task(page)
    .getByText(/never closed/)
    .first()
    .waitFor();
  await picture(page, 'failed-task');
  await close(page);
}

async function others(page) {
  await page.getByRole('tab', { name: 'Update history' }).click();
  await button(page, 'Details').first().waitFor();
  await picture(page, 'history');
  await page.getByRole('tab', { name: 'Sources' }).click();

  await button(demo(page), 'Delete').click();
  const deleting = page.getByRole('dialog', { name: /^Delete the source/ });
  await deleting.getByRole('radio', { name: 'Remove the imported users and departments' }).check();
  await picture(page, 'delete-source');
  await button(deleting, 'Cancel').click();

  const pushes = drawer(page, 'Tasks of HTTP API');
  await button(page.getByRole('row').filter({ hasText: 'HTTP API' }), 'Tasks').click();
  await pushes.getByText('curl').waitFor();
  await picture(page, 'http-api');
  await button(pushes, 'Close').click();
}

async function phone(page) {
  await page.getByRole('button', { name: 'Tasks HTTP API' }).click();
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
  await page.getByText('Demo company').first().waitFor();
  return page;
}

async function picture(page, name, part = page) {
  await page.mouse.move(0, 0);
  await settled(page);
  const file = join(images, `${name}.png`);
  await part.screenshot({ path: file });
  console.log(`docs/images/${name}.png, ${Math.round(statSync(file).size / 1024)} KB`);
}

/** Nothing moves any more: a drawer slides in, and a picture taken on the way shows half of it. */
async function settled(page) {
  await page.waitForFunction(() =>
    document.getAnimations().every(({ effect }) => effect?.getComputedTiming().endTime === Infinity),
  );
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

/** Has the demo source deliver something else, line by line. */
function change(edit) {
  const file = join(storage, 'user-data-sync', 'demo', 'people.csv');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${edit(lines).join('\n')}\n`);
}

async function sync(page, result) {
  await button(demo(page), 'Sync').click();
  await demo(page).getByText(result, { exact: true }).first().waitFor();
}

async function openNewestTask(page) {
  await button(demo(page), 'Tasks').click();
  await button(tasks(page), 'Details').first().click();
}

/** Closes a task and the list that it was opened from. */
async function close(page) {
  await button(task(page), 'Close').click();
  await button(tasks(page), 'Close').click();
}

async function search(page, name, text) {
  const box = page.getByRole('searchbox', { name });
  await box.fill(text);
  await box.press('Enter');
}

async function choose(page, box, choice) {
  await box.press('ArrowDown');
  await page.getByTitle(choice, { exact: true }).last().click();
}

function demo(page) {
  return page.getByRole('row').filter({ hasText: 'Demo company' });
}

function tasks(page) {
  return drawer(page, 'Tasks of Demo company');
}

function task(page) {
  return drawer(page, /^Task \d+$/);
}

function drawer(page, title) {
  return page.getByRole('dialog').filter({ has: page.locator('.ant-drawer-title', { hasText: title }) });
}

/** By its name, or by its text: the names of actions also say what they are done with. */
function button(within, name) {
  const withText = within.getByRole('button', { name }).filter({ hasText: new RegExp(`^${name}$`) });
  return within.getByRole('button', { name, exact: true }).or(withText);
}

async function signIn() {
  const answer = await fetch(`${host.url}/api/auth:signIn`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Authenticator': 'basic' },
    body: JSON.stringify({ account: 'admin@nocobase.com', password: 'admin123' }),
  });
  return (await answer.json()).data.token;
}
