const { default: TestRunner } = require('jest-runner');

/**
 * One file after the other, and none beside them: they share a host on SQLite, which refuses whoever writes while
 * somebody else does, and a browser that has to keep up.
 */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
