import { stagePackage } from '../../host/child.cjs';

const STAGED = 'USER_DATA_SYNC_TESTS_STAGED';

/**
 * The host looks for a plugin's `package.json`, translations and bundles below node_modules, while server tests map its
 * code to `src`. Several projects need that; it is done once a run, for a host may read the folder by then.
 */
export default function stageOnce(): void {
  if (process.env[STAGED]) return;
  stagePackage();
  process.env[STAGED] = 'true';
}
