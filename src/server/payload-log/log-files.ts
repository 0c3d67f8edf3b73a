import path from 'node:path';

/** Where the payload log of an application lies: where the host's `createLogger` puts the folder `user-data-sync`. */
export function payloadLogFolder(appName: string): string {
  return path.resolve(process.env.STORAGE_PATH || 'storage', 'logs', appName, 'user-data-sync');
}

/** The name of a file of the log: one a day, in the server's time zone, and more of them when one has grown too large. */
export function logFileName(day: string, number: number): string {
  return number === 0 ? `${day}.log` : `${day}.log.${number}`;
}

/** Of the files in the folder those of the log, from the oldest to the newest. */
export function logFilesOf(files: readonly string[]): string[] {
  return files
    .filter((file) => /^\d{4}-\d{2}-\d{2}\.log(\.\d+)?$/.test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** A time in the server's time zone, as the host's logs show it: `2026-01-31 23:59:59`. */
export function localTime(time: Date): string {
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace('T', ' ');
}
