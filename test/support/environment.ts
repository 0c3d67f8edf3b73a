import path from 'node:path';
import { isNativeError } from 'node:util/types';
import { hushKnownNoise } from '../../host/known-noise.cjs';
import { makeStorageFolder } from './storage-folder';

// Each test file has a storage folder of its own. It goes, and the variables are as before, when the file has ended.
const storage = makeStorageFolder('user-data-sync-test-');

Object.assign(process.env, {
  APP_ENV: 'test',
  APP_KEY: 'only-for-tests',
  STORAGE_PATH: storage,
  NODE_MODULES_PATH: path.resolve(__dirname, '../../node_modules'),
  API_BASE_PATH: '/api/',
  APP_PUBLIC_PATH: '/',
  WS_PATH: '/ws',
  CDN_BASE_URL: '',
  PLUGIN_STATICS_PATH: '/static/plugins/',
  LOGGER_SILENT: 'true',
  LOGGER_TRANSPORT: 'console',
});

// The host's migrations tell about each of their steps here, and ask no logger.
console.info = () => undefined;

/**
 * What the host prints and answers as well, and tests ask for: what we refuse, a resource or an action that nobody has,
 * and a filter or sort that is no JSON.
 */
const isAnswered = (error: unknown) =>
  isNativeError(error) &&
  (error.name === 'SyncError' ||
    /^\w+ (resource|action) does not exist$/.test(error.message) ||
    (error.name === 'SyntaxError' && /JSON/.test(error.message)));

/** Statements, when the host makes a table again: it hands `logging: true` of its collections on to Sequelize. */
const isStatement = (text: unknown) => typeof text === 'string' && text.startsWith('Executing (');

hushKnownNoise(console, ([first]) => isAnswered(first) || isStatement(first));
