const { rmSync } = require('node:fs');
const { TestEnvironment } = require('jest-environment-node');
const { LeftBehind } = require('./left-behind.cjs');
const { OWN_REALM, beginWith, loadedPackage } = require('./one-host.cjs');

/** Runs a test file in the realm of the process, where the packages are, and takes back what it leaves there. */
module.exports = class OneHostEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.leftBehind = new LeftBehind();
    beginWith({ leftBehind: this.leftBehind });
    const { moduleMocker, fakeTimersModern } = this;
    this.global = globalThis;
    this.moduleMocker = new moduleMocker.constructor(globalThis);
    this.fakeTimersModern = new fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
    fakeTimersModern.dispose();
  }

  getVmContext() {
    return this.context && OWN_REALM;
  }

  async setup() {
    await super.setup();
    shortenStacksOfStatements();
  }

  async teardown() {
    await forgetApplications();
    beginWith({ loadOwn: undefined });
    const storage = process.env.STORAGE_PATH;
    this.leftBehind.takeBack();
    if (storage !== process.env.STORAGE_PATH) rmSync(storage, { recursive: true, force: true });
    await super.teardown();
  }
};

/**
 * Sequelize asks for a stack with every statement, in case it fails, and jest translates each of up to a hundred lines to
 * the line of its source. Most of them are lines of packages; here only our own stay.
 */
function shortenStacksOfStatements() {
  const translate = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) =>
    translate(error, isFrom(SEQUELIZE, frames[0]) ? frames.filter((frame) => !isFrom(PACKAGES, frame)) : frames);
}

const SEQUELIZE = /[\\/]node_modules[\\/]sequelize[\\/]/;
const PACKAGES = /^node:|[\\/]node_modules[\\/]/;
const isFrom = (places, frame) => places.test(frame?.getFileName() ?? 'node:');

/** What the host knows of applications that have been. */
async function forgetApplications() {
  const { AppSupervisor, Gateway } = loadedPackage('@nocobase/server') ?? {};
  await AppSupervisor?.instance?.destroy();
  Gateway?.instance?.destroy();
  const { LockManager } = loadedPackage('@nocobase/lock-manager') ?? {};
  if (LockManager) new LockManager().registry.get('local').Adapter.locks.clear();
}
