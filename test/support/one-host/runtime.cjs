const { default: Runtime } = require('jest-runtime');
const { beginWith, isPackage, loadPackage } = require('./one-host.cjs');

/** Loads the code of this repository as jest does, anew for each test file, and leaves packages to Node. */
module.exports = class OneHostRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    beginWith({ loadOwn: (request) => this.requireModuleOrMock(this._testPath, request) });
  }

  requireModuleOrMock(from, request) {
    return isPackage(request) ? loadPackage(from, request) : super.requireModuleOrMock(from, request);
  }
};
