import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Packages of NocoBase are linked one by one, so that a test can take one of them away. */
const SCOPE = '@nocobase';

/**
 * Makes a node_modules folder that has the same packages as `from` but for one, without copying them.
 *
 * @param {string} from
 * @param {string} to
 * @param {string} without the name of a package
 */
export function linkModules(from, to, without) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === SCOPE) linkModules(join(from, name), join(to, name), without);
    else if (name !== without && !name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
  }
}
