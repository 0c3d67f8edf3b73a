import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a node_modules folder that has the same packages as `from` but for one, without copying them.
 * The preset does not list that one either, so the host knows nothing of it.
 *
 * @param {string} from
 * @param {string} to
 * @param {string} without a package name
 */
export function linkModules(from, to, without) {
  const [scope, plugin] = without.split('/');
  mkdirSync(join(to, scope), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== scope && !name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(from, scope))) {
    if (name !== plugin && !name.startsWith('.')) symlinkSync(join(from, scope, name), join(to, scope, name));
  }
  copyPreset(join(from, scope, 'preset-nocobase'), join(to, scope, 'preset-nocobase'), plugin.replace(/^plugin-/, ''));
}

function copyPreset(from, to, without) {
  rmSync(to);
  cpSync(realpathSync(from), to, { recursive: true });
  const preset = JSON.parse(readFileSync(join(to, 'package.json'), 'utf8'));
  preset.builtIn = preset.builtIn.filter((name) => name !== without);
  writeFileSync(join(to, 'package.json'), JSON.stringify(preset));
}
