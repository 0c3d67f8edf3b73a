/**
 * Builds `dist` the way NocoBase loads a plugin: `node host/build.mjs [--types]`.
 * The type declarations take seconds, the rest a fraction of one, so they come only when asked for.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { clientLibraries, external, packageOf, serverLibraries } from './externals.mjs';
import { licenceTexts } from './licences.mjs';
import { wrapForBrowser } from './umd.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { name: packageName } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {import('esbuild').BuildOptions} */
const common = {
  // Paths in the bundles' comments are relative to this, so they are the same on every machine.
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  charset: 'utf8',
  legalComments: 'inline',
  metafile: true,
  logLevel: 'warning',
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
const metafiles = [
  await buildServer(),
  await buildTesting(),
  await buildClient('client'),
  await buildClient('client-v2'),
];
cpSync(join(root, 'src/locale'), join(root, 'dist/locale'), {
  recursive: true,
  filter: (path) => !/\.[cm]?[jt]sx?$/.test(path),
});
writeFileSync(join(root, 'dist/externalVersion.js'), externalVersions(metafiles));
writeFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licenceTexts(root, metafiles));
if (process.argv.includes('--types')) declareTypes();

/**
 * NocoBase requires each file of `collections` and `migrations` by itself, so each is a bundle of its
 * own. A module that a collection shares with the plugin exists twice at run time: constants and pure
 * functions are fine there, state kept in a module (a registry, a cache) would be two states.
 */
async function buildServer() {
  const { metafile } = await build({
    ...common,
    platform: 'node',
    target: 'node20',
    external: external(serverLibraries),
    entryPoints: [
      'src/server/index.ts',
      ...modulesIn('src/server/collections'),
      ...modulesIn('src/server/migrations'),
      ...['src/swagger/index.ts'].filter((file) => existsSync(join(root, file))),
    ],
    outbase: 'src',
    outdir: 'dist',
  });
  return metafile;
}

/** The contract suite for authors of source types. It runs where no NocoBase is installed, so it leaves nothing out. */
async function buildTesting() {
  const { metafile } = await build({
    ...common,
    platform: 'node',
    target: 'node20',
    entryPoints: ['src/testing/index.ts'],
    outfile: 'dist/testing/index.js',
  });
  return metafile;
}

/** @param {'client' | 'client-v2'} lane the host's legacy and modern client have a bundle each */
async function buildClient(lane) {
  const { metafile, outputFiles } = await build({
    ...common,
    platform: 'browser',
    target: 'es2020',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: external(Object.keys(clientLibraries)),
    entryPoints: [`src/${lane}/index.tsx`],
    outfile: `dist/${lane}/index.js`,
    write: false,
  });
  // At run time the plugin is in the place of the built-in one, and other bundles import that one's names.
  const ids = [packageName, '@nocobase/plugin-user-data-sync'].map((id) => (lane === 'client' ? id : `${id}/${lane}`));
  mkdirSync(join(root, 'dist', lane), { recursive: true });
  writeFileSync(join(root, 'dist', lane, 'index.js'), wrapForBrowser(ids, outputFiles[0].text, importsOf([metafile])));
  return metafile;
}

/** @param {string} folder */
function modulesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => /\.ts$/.test(file) && !/\.(d|test|spec)\.ts$/.test(file))
    .map((file) => `${folder}/${file}`);
}

/**
 * What the bundles leave to the host.
 * @param {import('esbuild').Metafile[]} metafiles
 */
function importsOf(metafiles) {
  const imports = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => output.imports));
  const specifiers = imports.filter((one) => one.external && !require('node:module').isBuiltin(one.path));
  return [...new Set(specifiers.map((one) => one.path))].sort();
}

/**
 * The versions this plugin was built with. The plugin manager compares them with the host's own and
 * tells the administrator whether the plugin fits.
 * @param {import('esbuild').Metafile[]} metafiles
 */
function externalVersions(metafiles) {
  const host = createRequire(require.resolve('@nocobase/server/package.json'));
  const versionOf = (name) => {
    if (name.startsWith('@nocobase/')) return host('@nocobase/server/package.json').version;
    if (name in clientLibraries) return clientLibraries[name];
    return host(`${name}/package.json`).version;
  };
  const names = [...new Set(importsOf(metafiles).map(packageOf))];
  const versions = Object.fromEntries(names.map((name) => [name, versionOf(name)]));
  return `module.exports = ${JSON.stringify(versions, null, 2)};\n`;
}

function declareTypes() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
