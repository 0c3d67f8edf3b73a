import type { RunRequest } from '../server/model/run-request';

/** What `pull` is called with. */
export interface AskedOfSource {
  readonly signal: AbortSignal;
  readonly request: RunRequest;
}

/** What a source can do, whatever class it extends. */
export interface AnySource {
  pull(asked: AskedOfSource): Promise<readonly unknown[]> | AsyncIterable<unknown>;
  testConnection?(): Promise<string>;
}

/** A class of sources: extends `SyncSource` of this plugin or of the built-in one. */
export type AnySourceClass = new (config: never) => AnySource;

/** A source as the plugin makes it, with a row and a context that have what a source may read. */
export function makeSource(syncSource: AnySourceClass, type: string, options: object, ctx: object = {}): AnySource {
  const row: Record<string, unknown> = {
    id: 1,
    name: type,
    displayName: type,
    sourceType: type,
    enabled: true,
    options,
  };
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const config = {
    sourceInstance: { ...row, get: (name?: string) => (name === undefined ? row : row[name]) },
    options,
    ctx: { log: logger, logger, state: {}, t: (key: string) => key, getCurrentLocale: () => 'en-US', ...ctx },
  };
  return new syncSource(config as never);
}

/** Asks as the plugin does. */
export function pull(
  source: AnySource,
  signal: AbortSignal = new AbortController().signal,
): ReturnType<AnySource['pull']> {
  return source.pull({ signal, request: {} });
}

const quiet = () => undefined;
