import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { localTime } from '../../src/server/payload-log/log-files';

/** A line of the payload log. */
export interface PayloadLine {
  level?: string;
  message?: string;
  timestamp?: string;
  source: string;
  sourceType: string;
  batch: string;
  taskId: number;
  dataType: string;
  mode: string;
  part: number;
  records: Record<string, unknown>[];
}

export const payloadLogFolder = () => path.join(process.env.STORAGE_PATH as string, 'logs/main/user-data-sync');

/** The file of today. */
export const payloadLogFile = () => path.join(payloadLogFolder(), `${localTime(new Date()).slice(0, 10)}.log`);

/** Everything in the payload log so far, as text. */
export function payloadLogText(): string {
  const files = readdirSync(payloadLogFolder()).filter((name) => name.endsWith('.log'));
  return files.map((name) => readFileSync(path.join(payloadLogFolder(), name), 'utf8')).join('');
}

/** The lines of a task: they are there as soon as its run has ended. */
export function payloadLines(taskId: number): PayloadLine[] {
  const lines = payloadLogText().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as PayloadLine).filter((line) => line.taskId === taskId);
}
