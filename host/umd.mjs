/**
 * Wraps a CommonJS bundle so that the host's module loader (RequireJS) takes it. Its dependencies must
 * be named in front, which is why this needs the list that the bundler found. `require()` in Node works
 * too, for tests of plugins that import this one.
 *
 * @param {string[]} ids the names that other plugins' bundles ask for
 * @param {string} code
 * @param {string[]} dependencies
 */
export function wrapForBrowser([id, ...aliases], code, dependencies) {
  return `(function (factory) {
  var names = ${JSON.stringify(dependencies)};
  if (typeof define === 'function' && define.amd) {
    define(${JSON.stringify(id)}, names, function () {
      var given = arguments;
      return factory(function (name) { return given[names.indexOf(name)]; });
    });
    ${JSON.stringify(aliases)}.forEach(function (alias) {
      define(alias, [${JSON.stringify(id)}], function (own) { return own; });
    });
  } else {
    module.exports = factory(require);
  }
})(function (require) {
var module = { exports: {} }, exports = module.exports;
${code}
return module.exports;
});
`;
}
