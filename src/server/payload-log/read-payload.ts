import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A line's file carries its day; a run over midnight, or a server in another time zone, may be a day off. */
const MARGIN_DAYS = 1;
const DAY = 24 * 60 * 60 * 1000;

/**
 * The lines of the payload log that belong to a task, as they were written, with secrets masked. Nothing comes when the
 * log of that time has been rotated away.
 */
export async function* readPayload(folder: string, taskId: string, from: Date, to: Date): AsyncGenerator<string> {
  for (const file of await logFiles(folder, from, to)) {
    for await (const line of createInterface({
      input: createReadStream(path.join(folder, file)),
      crlfDelay: Infinity,
    })) {
      if (belongsTo(line, taskId)) yield `${line}\n`;
    }
  }
}

async function logFiles(folder: string, from: Date, to: Date): Promise<string[]> {
  const files = await readdir(folder).catch((): string[] => []);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const first = day(from.getTime() - MARGIN_DAYS * DAY);
  const last = day(to.getTime() + MARGIN_DAYS * DAY);
  return files
    .filter((file) => /^\d{4}-\d{2}-\d{2}\.log/.test(file) && file >= first && file.slice(0, 10) <= last)
    .sort();
}

/** Lines are long: those that do not even contain the number are not parsed. */
function belongsTo(line: string, taskId: string): boolean {
  if (!line.includes('"taskId":')) return false;
  const found = /"taskId":"?(\d+)"?[,}]/.exec(line.replace(/"records":\[.*\]/s, ''));
  return found?.[1] === taskId;
}
