/**
 * Libraries that every NocoBase 2.2 brings. A plugin must share them with the host (two copies of
 * React or Sequelize do not work together); everything else is inlined into the bundles.
 */

/** In the browser. They are inside the host's own bundle, not installed here, hence the versions. */
export const clientLibraries = {
  '@ant-design/icons': '5.6.1',
  '@formily/antd-v5': '1.2.3',
  '@formily/core': '2.3.7',
  '@formily/react': '2.3.7',
  '@formily/reactive': '2.3.7',
  ahooks: '3.7.8',
  antd: '5.24.2',
  axios: '1.7.7',
  dayjs: '1.11.13',
  i18next: '22.5.1',
  lodash: '4.17.21',
  react: '18.2.0',
  'react-dom': '18.2.0',
  'react-i18next': '11.18.6',
};

/** On the server. */
export const serverLibraries = [
  '@koa/cors',
  '@koa/multer',
  '@koa/router',
  'async-mutex',
  'axios',
  'cache-manager',
  'dayjs',
  'i18next',
  'jsonwebtoken',
  'koa',
  'koa-bodyparser',
  'lodash',
  'mathjs',
  'mysql2',
  'pg',
  'sequelize',
  'sqlite3',
  'umzug',
  'winston',
  'winston-daily-rotate-file',
];

/**
 * What esbuild leaves out: the package and every path in it, for example `react/jsx-runtime`.
 * @param {string[]} libraries
 */
export function external(libraries) {
  return ['@nocobase/*', ...libraries.flatMap((name) => [name, `${name}/*`])];
}

/**
 * The package that an import names: `react/jsx-runtime` → `react`.
 * @param {string} specifier
 */
export function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
