import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where Linux keeps files in memory. Containers may have little room there. */
const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 256 * 1024 * 1024;

/**
 * A new folder for what a host keeps; in memory where that is possible. SQLite waits for the disk with every write, which
 * takes up to half of the time of a test, and nobody needs these databases after a power cut.
 */
export function makeStorageFolder(prefix: string): string {
  return mkdtempSync(path.join(hasMemory() ? IN_MEMORY : tmpdir(), prefix));
}

function hasMemory(): boolean {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ENOUGH_BYTES;
}
