import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';

/** A line of the payload log. */
export interface PayloadLine {
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

const folder = () => path.join(process.env.STORAGE_PATH as string, 'logs/main/user-data-sync');

/** Everything in the payload log so far, as text. */
export function payloadLogText(): string {
  const files = readdirSync(folder()).filter((name) => name.endsWith('.log'));
  return files.map((name) => readFileSync(path.join(folder(), name), 'utf8')).join('');
}

/** The lines of a task, as soon as they have reached the file. */
export async function payloadLines(taskId: number): Promise<PayloadLine[]> {
  mkdirSync(folder(), { recursive: true });
  const watcher = watch(folder());
  try {
    for (;;) {
      const lines = payloadLogText().split('\n').slice(0, -1);
      const found = lines.map((line) => JSON.parse(line) as PayloadLine).filter((line) => line.taskId === taskId);
      if (found.length > 0) return found;
      await once(watcher, 'change');
    }
  } finally {
    watcher.close();
  }
}
