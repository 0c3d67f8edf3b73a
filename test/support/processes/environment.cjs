const { rmSync } = require('node:fs');
const { TestEnvironment } = require('jest-environment-node');

/** Takes away what the servers of a test file have kept. */
module.exports = class ProcessesEnvironment extends TestEnvironment {
  async teardown() {
    const { STORAGE_PATH: storage } = this.global.process.env;
    if (storage !== process.env.STORAGE_PATH) rmSync(storage, { recursive: true, force: true });
    await super.teardown();
  }
};
