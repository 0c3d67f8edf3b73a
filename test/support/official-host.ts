import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { UserData } from '../../src/server';
import type { TestDatabase } from './databases';

/** Installs a host with the official plugin on a new database, pushes to it, and stops it. */
export async function runOfficialHost(database: TestDatabase, pushes: readonly UserData[]): Promise<unknown[]> {
  const child = spawn(process.execPath, [path.join(__dirname, 'official-host-process.cjs')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify({ database: database.options, pushes }));
  const exit = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  if (code !== 0) throw new Error(`The host with the official plugin failed:\n${errors}${output}`);
  return JSON.parse(output.slice(output.indexOf('['))) as unknown[];
}
