/**
 * Puts what `npm pack` would ship at `node_modules/nocobase-plugin-user-data-sync`, where the host finds it like a
 * plugin that an administrator added: NocoBase unpacks it in its storage folder and links it here.
 *
 * A link to the repository would do for that, but the host serves a plugin's whole folder to anybody who can reach its
 * port; with the real file list it serves what an installed package would.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const target = join(root, 'node_modules', name);

const files = packedFiles();
if (!files.includes(main)) throw new Error(`${main} is missing. Run \`npm run build\` first.`);

// Filled beside its place and moved there, so that no half-filled folder is ever seen.
mkdirSync(dirname(target), { recursive: true });
const fresh = mkdtempSync(join(dirname(target), '.staged-'));
chmodSync(fresh, 0o755);
for (const file of files) cpSync(join(root, file), join(fresh, file));
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);

/** @returns {string[]} */
function packedFiles() {
  const [command, ...args] = npm('pack', '--dry-run', '--json', '--ignore-scripts');
  const answer = JSON.parse(
    execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  // npm has answered with a list and with an object by package name.
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  return packed.files.map((file) => file.path);
}
