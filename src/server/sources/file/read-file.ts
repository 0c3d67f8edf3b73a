import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SyncError } from '../../errors';
import { decodeUtf8, SLICE_SIZE } from './text-slices';

/** Larger files are refused: 100 MB of CSV are about a million people. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;

const ENDINGS = new Set(['.csv', '.tsv', '.txt', '.json']);

/**
 * The text of a file below `folder`, slice by slice. The path comes from an administrator's form: whatever leads out of
 * the folder, by `..`, as an absolute path or over a symbolic link, is refused, and so is what is no table or list by its
 * ending, and what is no ordinary file.
 */
export async function* readFileBelow(folder: string, relativePath: string): AsyncGenerator<string> {
  const real = await realFile(folder, relativePath);
  // Somebody may have put a named pipe there meanwhile: without O_NONBLOCK, opening it would wait for a writer.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new SyncError('FILE_NOT_FOUND', { file: relativePath });
    yield* decodeUtf8(bytesOf(file, relativePath), relativePath);
  } finally {
    await file.close();
  }
}

/** Where the file is. Opening anything but an ordinary file could wait for ever, so that is looked at before. */
async function realFile(folder: string, relativePath: string): Promise<string> {
  const params = { file: relativePath };
  const target = path.resolve(folder, relativePath);
  if (path.isAbsolute(relativePath) || !isBelow(folder, target) || !ENDINGS.has(path.extname(target).toLowerCase())) {
    throw new SyncError('FILE_OUTSIDE_FOLDER', params);
  }
  const notFound = (error: unknown) => {
    throw new SyncError('FILE_NOT_FOUND', params, { cause: error });
  };
  const real = await realpath(target).catch(notFound);
  if (!isBelow(await realpath(folder), real)) throw new SyncError('FILE_OUTSIDE_FOLDER', params);
  const found = await stat(real).catch(notFound);
  if (!found.isFile()) throw new SyncError('FILE_NOT_FOUND', params);
  if (found.size > MAX_FILE_BYTES) throw tooLarge(relativePath);
  return real;
}

/** A file may grow while it is read. */
async function* bytesOf(file: Awaited<ReturnType<typeof open>>, name: string): AsyncGenerator<Uint8Array> {
  for (let total = 0; ;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(SLICE_SIZE), 0, SLICE_SIZE, null);
    if (bytesRead === 0) return;
    total += bytesRead;
    if (total > MAX_FILE_BYTES) throw tooLarge(name);
    yield buffer.subarray(0, bytesRead);
  }
}

const tooLarge = (file: string) =>
  new SyncError('FILE_TOO_LARGE', { file, limit: `${MAX_FILE_BYTES / 1024 / 1024} MB` });

function isBelow(folder: string, target: string): boolean {
  const relative = path.relative(folder, target);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
