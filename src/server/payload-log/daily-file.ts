import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { localTime, logFileName, logFilesOf } from './log-files';

const DAY = 24 * 60 * 60 * 1000;
const DAYS_KEPT = 14;

/** A line is tried again when its file is deleted meanwhile, or takes a part of it only. */
const MAX_TRIES = 3;

/** What is kept, and how it is cut into files. */
export interface Rotation {
  /** A file that is larger gets no more lines; in bytes. */
  readonly maxSize: number;
  /** How many files are kept; those of 14 days when it says nothing. */
  readonly maxFiles?: number;
}

/** The same variables, understood in the same way, as those of the host's own logs. */
export function rotationOfHost(env: NodeJS.ProcessEnv = process.env): Rotation {
  return {
    maxSize: Number(env.LOGGER_MAX_SIZE) || Infinity,
    maxFiles: Number(env.LOGGER_MAX_FILES) || undefined,
  };
}

/**
 * Appends lines to one file a day. A line is in a file of the folder when `append` resolves; otherwise it rejects.
 *
 * The host's logger cannot promise that. Its stream keeps its file open, so that lines are lost after somebody deletes
 * the file; it does not say when a line has been written, so that lines pile up in memory; and an error of the stream,
 * such as a full disk, ends the process. Here the file is opened for each line, which is a thousand records.
 *
 * Several processes may append to the same file: each line is one write at the end of the file (`O_APPEND`), so that
 * lines are not mixed. A line that was cut off, because the disk was full or the server died, damages no other line:
 * the next write begins on a new line.
 */
export class DailyFile {
  private current = { day: '', number: 0 };

  constructor(
    private readonly folder: string,
    private readonly rotation: Rotation = rotationOfHost(),
    private readonly now: () => Date = () => new Date(),
  ) {}

  async append(line: string): Promise<void> {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      try {
        if (await this.write(line)) return;
      } catch (error) {
        // Somebody deletes the folder at this moment.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === MAX_TRIES) throw error;
      }
    }
    throw new Error('the file is deleted again and again, or does not take whole lines');
  }

  /** Whether the whole line is in a file that is still there. */
  private async write(line: string): Promise<boolean> {
    // Of a read-only disk the first says only that there is no such folder.
    await mkdir(this.folder, { recursive: true }).catch(() => mkdir(this.folder));
    const file = await open(path.join(this.folder, await this.fileName()), 'a+');
    try {
      const { size } = await file.stat();
      if (size === 0) await this.removeOld();
      const bytes = Buffer.from((await isCutOff(file, size)) ? `\n${line}\n` : `${line}\n`);
      const { bytesWritten } = await file.write(bytes);
      return bytesWritten === bytes.length && (await file.stat()).nlink > 0;
    } finally {
      // Some network drives say only now that they are full.
      await file.close();
    }
  }

  /** The file of the day that has room. */
  private async fileName(): Promise<string> {
    const day = localTime(this.now()).slice(0, 10);
    let number = this.current.day === day ? this.current.number : 0;
    while ((await this.sizeOf(logFileName(day, number))) > this.rotation.maxSize) number += 1;
    this.current = { day, number };
    return logFileName(day, number);
  }

  private async sizeOf(file: string): Promise<number> {
    if (this.rotation.maxSize === Infinity) return 0;
    return stat(path.join(this.folder, file)).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** What cannot be removed is tried again with the next file; no run breaks for it. */
  private async removeOld(): Promise<void> {
    const files = logFilesOf(await readdir(this.folder).catch(() => []));
    const firstKept = localTime(new Date(this.now().getTime() - DAYS_KEPT * DAY)).slice(0, 10);
    const { maxFiles } = this.rotation;
    const old = maxFiles ? files.slice(0, -maxFiles) : files.filter((file) => file < firstKept);
    await Promise.allSettled(old.map((file) => rm(path.join(this.folder, file), { force: true })));
  }
}

/** Whether the last line of a file was not written to its end. */
async function isCutOff(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}
