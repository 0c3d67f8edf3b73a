import type { EventEmitter } from 'node:events';
import type { Logger } from '@nocobase/logger';

/**
 * Other plugins write with the logger into the same folder as the payload log. An error of its stream, such as a full
 * disk, would end the process, because it has no listener; now it is told, and what they write is lost.
 */
export function surviveErrors(logger: Logger, tell: (error: unknown) => void): Logger {
  logger.on('error', tell);
  for (const { logStream } of logger.transports as readonly { logStream?: EventEmitter }[])
    logStream?.on('error', tell);
  return logger;
}
