// Creates `dist`, the only folder that NocoBase runs: `npm run build`.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { name } = JSON.parse(readFileSync('package.json', 'utf8'));

/** The NocoBase version that this plugin was tested with. */
const nocobase = '2.2.15';

/** Packages of NocoBase's clients, with their versions. They must not be in a bundle a second time. */
const clientLibraries = {
  '@ant-design/icons': '5.6.1',
  antd: '5.24.2',
  axios: '1.7.7',
  dayjs: '1.11.13',
  i18next: '22.5.1',
  lodash: '4.17.21',
  react: '18.2.0',
  'react-dom': '18.2.0',
  'react-i18next': '11.18.6',
};

rmSync('dist', { recursive: true, force: true });
const imports = [
  ...(await buildServer()),
  ...(await buildClient('client', name)),
  ...(await buildClient('client-v2', `${name}/client-v2`)),
];
cpSync('src/locale', 'dist/locale', { recursive: true });
writeFileSync('dist/externalVersion.js', `module.exports = ${JSON.stringify(versionsOf(imports), null, 2)};\n`);

/** Node loads the server's bundle with `require`. Packages other than NocoBase's own are put into it. */
async function buildServer() {
  const { metafile } = await build({
    entryPoints: ['src/server/index.ts'],
    outfile: 'dist/server/index.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@nocobase/*', 'nocobase-plugin-user-data-sync'],
    metafile: true,
  });
  return hostImports(metafile);
}

/** RequireJS loads a client's bundle by its name, `id`, and passes its imports to it. */
async function buildClient(lane, id) {
  const { metafile, outputFiles } = await build({
    entryPoints: [`src/${lane}/index.tsx`],
    outfile: `dist/${lane}/index.js`,
    write: false,
    bundle: true,
    platform: 'browser',
    target: 'es2020',
    format: 'cjs',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['@nocobase/*', ...Object.keys(clientLibraries).flatMap((library) => [library, `${library}/*`])],
    metafile: true,
  });
  const imported = hostImports(metafile);
  const names = JSON.stringify(['require', 'exports', 'module', ...imported]);
  mkdirSync(`dist/${lane}`, { recursive: true });
  writeFileSync(
    `dist/${lane}/index.js`,
    `define(${JSON.stringify(id)}, ${names}, function (require, exports, module) {\n${outputFiles[0].text}});\n`,
  );
  return imported;
}

/** Imports that NocoBase provides, for example `react/jsx-runtime`. */
function hostImports({ outputs }) {
  const found = Object.values(outputs).flatMap((output) => output.imports.filter(({ external }) => external));
  return [...new Set(found.map(({ path }) => path))].filter((path) => !path.startsWith('node:'));
}

/** The plugin manager compares these versions with NocoBase's. */
function versionsOf(paths) {
  const packages = paths.map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return Object.fromEntries(
    packages.map((one) => [one, one.startsWith('@nocobase/') ? nocobase : clientLibraries[one]]),
  );
}
