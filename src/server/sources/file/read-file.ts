import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { SyncError } from '../../errors';

/** Larger files are refused: 100 MB of CSV are about a million people. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;

const ENDINGS = new Set(['.csv', '.tsv', '.txt', '.json']);

/**
 * The text of a file below `folder`. The path comes from an administrator's form: whatever leads out of the folder,
 * by `..`, as an absolute path or over a symbolic link, is refused, and so is what is no table or list by its ending.
 */
export async function readFileBelow(folder: string, relativePath: string): Promise<string> {
  const params = { file: relativePath };
  const target = path.resolve(folder, relativePath);
  if (path.isAbsolute(relativePath) || !isBelow(folder, target) || !ENDINGS.has(path.extname(target).toLowerCase())) {
    throw new SyncError('FILE_OUTSIDE_FOLDER', params);
  }
  const real = await realpath(target).catch((error: unknown) => {
    throw new SyncError('FILE_NOT_FOUND', params, { cause: error });
  });
  if (!isBelow(await realpath(folder), real)) throw new SyncError('FILE_OUTSIDE_FOLDER', params);
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new SyncError('FILE_NOT_FOUND', params);
    if (stat.size > MAX_FILE_BYTES)
      throw new SyncError('FILE_TOO_LARGE', { ...params, limit: `${MAX_FILE_BYTES / 1024 / 1024} MB` });
    return decodeUtf8(await file.readFile(), relativePath);
  } finally {
    await file.close();
  }
}

/**
 * Text of UTF-8 bytes, with or without a byte order mark. Anything else is refused instead of read wrongly; a zero byte
 * stands in no text, but in half of the bytes of UTF-16.
 */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  if (bytes.includes(0)) throw new SyncError('FILE_NOT_UTF8', { file: name });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SyncError('FILE_NOT_UTF8', { file: name }, { cause: error });
  }
}

function isBelow(folder: string, target: string): boolean {
  const relative = path.relative(folder, target);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
