import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { logFilesOf } from './log-files';

/** A line's file carries its day; a run over midnight, or a server in another time zone, may be a day off. */
const MARGIN_DAYS = 1;
const DAY = 24 * 60 * 60 * 1000;

/** Lines hold a thousand records; larger pieces make fewer of them. In bytes. */
const READ_SIZE = 1024 * 1024;

/**
 * The lines of the payload log that belong to a task, as they were written, with secrets masked. Nothing comes when the
 * log of that time has been rotated away.
 */
export async function* readPayload(folder: string, taskId: string, from: Date, to: Date): AsyncGenerator<string> {
  for (const file of await logFiles(folder, from, to)) {
    for await (const line of linesOf(path.join(folder, file))) {
      if (belongsTo(line, taskId)) yield `${line}\n`;
    }
  }
}

async function logFiles(folder: string, from: Date, to: Date): Promise<string[]> {
  const files = await readdir(folder).catch((): string[] => []);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const first = day(from.getTime() - MARGIN_DAYS * DAY);
  const last = day(to.getTime() + MARGIN_DAYS * DAY);
  return logFilesOf(files).filter((file) => file >= first && file.slice(0, 10) <= last);
}

/** Whole lines of a file; it may be rotated away meanwhile. Only a line feed ends a line: records hold any other sign. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let begun = '';
  try {
    for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: READ_SIZE })) {
      const lines = (begun + (piece as string)).split('\n');
      begun = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Only the line's own `taskId` counts; records may have one, too. Lines are long: most are not even parsed. */
function belongsTo(line: string, taskId: string): boolean {
  if (!line.includes(`"taskId":${taskId},`) && !line.includes(`"taskId":"${taskId}"`)) return false;
  try {
    return String((JSON.parse(line) as { taskId?: unknown }).taskId) === taskId;
  } catch {
    // The server stopped while it wrote the line.
    return false;
  }
}
