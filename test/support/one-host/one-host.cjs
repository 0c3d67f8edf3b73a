/**
 * Loading NocoBase takes several seconds of computing, and jest loads whatever a test file needs anew for each. So the
 * server tests share it: packages are loaded once by each of jest's processes, by Node itself, and the code of this
 * repository anew for each file, by jest. What makes the two meet is here.
 *
 * Objects of two realms are no instances of each other's classes, so the tests run in the realm of the packages, which
 * is the process's own. `LeftBehind` takes back what a file leaves there. It knows nothing of packages: what a test
 * changes in a class of the host, other than with `jest.spyOn`, it has to change back.
 */
const Module = require('node:module');
const { isAbsolute, join, sep } = require('node:path');
const vm = require('node:vm');

const root = join(__dirname, '../../..');
const PACKAGES = join(root, 'node_modules') + sep;
const OWN_PACKAGE = 'nocobase-plugin-user-data-sync';
const SOURCE = join(root, 'src') + sep;
const OWN_ENTRY = join(SOURCE, 'server/index.ts');

/**
 * Stands for the process's own realm where jest asks for a context to run code in. Node has no other name for it than
 * to name none.
 */
const OWN_REALM = vm.createContext();

/**
 * The test file that runs: what loads the code of this repository for it, and what it is going to leave behind.
 *
 * @type {{loadOwn?: (request: string) => unknown, leftBehind?: import('./left-behind.cjs').LeftBehind}}
 */
const current = {};

const isOwn = (request) => request === OWN_PACKAGE || request.startsWith(SOURCE);

/** Whether something is a package, and not a part of this repository, of Node or of jest. */
function isPackage(request) {
  if (isAbsolute(request)) return request.startsWith(PACKAGES);
  return !/^(\.|@jest\/)/.test(request) && !isOwn(request) && !Module.isBuiltin(request);
}

/** Loads a package as Node does, once. What it changes in the realm stays. */
function loadPackage(from, request) {
  return current.leftBehind.keeping(() => Module.createRequire(from)(request));
}

/** A package if it has been loaded. */
function loadedPackage(name) {
  return require.cache[require.resolve(name)]?.exports;
}

/** From now on another test file runs. */
function beginWith(file) {
  Object.assign(current, file);
}

/** NocoBase loads collections and migrations by their paths, and plugins by their names: ours have to be those of jest. */
function leadHostToOwnCode() {
  const { _load: load, _resolveFilename: resolveFilename } = Module;
  Module._load = function (request, ...rest) {
    return current.loadOwn && isOwn(request) ? current.loadOwn(request) : load.call(this, request, ...rest);
  };
  Module._resolveFilename = function (request, ...rest) {
    return current.loadOwn && request === OWN_PACKAGE ? OWN_ENTRY : resolveFilename.call(this, request, ...rest);
  };
}

function letCodeRunInOwnRealm() {
  const { compileFunction } = vm;
  vm.compileFunction = function (code, parameters, options) {
    const isHere = options?.parsingContext === OWN_REALM;
    return compileFunction.call(this, code, parameters, isHere ? { ...options, parsingContext: undefined } : options);
  };
}

leadHostToOwnCode();
letCodeRunInOwnRealm();

module.exports = { OWN_REALM, beginWith, isPackage, loadPackage, loadedPackage };
