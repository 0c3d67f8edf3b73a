/**
 * The command line of npm. Inside an npm script it is the very npm that runs the script, which also
 * works where `npm` is a batch file.
 *
 * @param {...string} args
 * @returns {string[]}
 */
export function npm(...args) {
  const script = process.env.npm_execpath;
  return script && /npm-cli\.[cm]?js$/.test(script) ? [process.execPath, script, ...args] : ['npm', ...args];
}
