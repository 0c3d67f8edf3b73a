import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * The host looks for a plugin's `package.json` and translations below node_modules, while jest maps its code to `src`.
 */
export default function globalSetup(): void {
  const root = path.resolve(__dirname, '../..');
  const folder = path.join(root, 'node_modules/@nocobase/plugin-user-data-sync');
  mkdirSync(path.join(folder, 'dist'), { recursive: true });
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  cpSync(path.join(root, 'src/locale'), path.join(folder, 'dist/locale'), { recursive: true });
}
