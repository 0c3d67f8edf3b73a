/** Where a Chromium is, and how it is started to look at a page without a screen. */
const { accessSync, constants } = require('node:fs');
const { delimiter, isAbsolute, join } = require('node:path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What to tell somebody who has none. */
const howToInstall =
  'Install one (on Debian: apt-get install chromium), or set CHROMIUM_PATH to the program of a Chromium or Chrome.';

/**
 * The program of `CHROMIUM_PATH`, else the first that the search path has.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
function findChromium(env = process.env) {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin'].filter(Boolean);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : found).find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  if (!isAbsolute(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} executablePath
 * @returns {{executablePath: string, args: string[]}}
 */
function launchOptions(executablePath) {
  return {
    executablePath,
    args: [
      // Chromium's sandbox does not start for root, as who a container usually runs; the only pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}

module.exports = { findChromium, howToInstall, launchOptions };
