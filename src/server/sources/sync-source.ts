import type { Context } from '@nocobase/actions';
import type { DeliveryMode } from '../../common/records';
import type { UserData } from '../model/records';
import type { RunRequest } from '../model/run-request';
import { changeTask, makeTask, type EndTaskParams } from './own-tasks';
import type { SourceOptions, SyncSourceModel, SyncTaskModel } from './source-model';

/** What a source is made with. */
export interface SyncSourceConfig {
  /** The configured row. */
  sourceInstance: SyncSourceModel;
  /** Its options, secrets decrypted. */
  options: SourceOptions;
  /** The application, and the person and the language of the request that asked for the run. */
  ctx: Context;
}

/** What `pull` is called with. */
export interface PullRequest {
  /** Aborted when the run is to stop, for example because the application stops. */
  readonly signal: AbortSignal;
  readonly request: RunRequest;
}

/** A delivery of a pull: `UserData`, and for tables what turns their cells into fields. */
export interface PulledData extends Omit<UserData, 'records' | 'sourceName'> {
  /** Objects; what is in them is checked by the pipeline. A `SyncError` in the place of a record that could not be read rejects it alone. */
  records: readonly unknown[];
  /** Whose records these are. Default: the name of the source. */
  sourceName?: string;
  /** What the source says that its delivery is: everything of this type, or what changed. Default: `delta`. */
  mode?: DeliveryMode;
  /** Source field → field. Without it the source fields have the names of the fields. */
  mapping?: Readonly<Record<string, string>>;
  /** Whether every value is the text of a table's cell. */
  textCells?: boolean;
  /** Where record number `index` stands, for messages: `line 17`. */
  locate?: (index: number) => string;
}

/**
 * Where data comes from. Extend it, implement `pull` and register the class as a source type.
 * `pull` gives everything at once, or part by part as an async iterable. A thrown error fails the task: throw
 * `SyncError` or `ExternalAPIError` with a message that says what to do, and without secrets.
 */
export abstract class SyncSource {
  instance: SyncSourceModel;
  protected options: SourceOptions;
  protected ctx: Context;

  constructor({ sourceInstance, options, ctx }: SyncSourceConfig) {
    this.instance = sourceInstance;
    this.options = options;
    this.ctx = ctx;
  }

  /**
   * Optional: tries whether the source can be read with these options, and gives back a sentence about what was found.
   * Throws what `pull` would throw.
   */
  testConnection?(): Promise<string>;

  /** Reads the source. Sources may leave out the parameter, and those of the built-in interface do. */
  abstract pull(
    asked?: PullRequest,
  ): Promise<readonly (UserData | PulledData)[]> | AsyncIterable<UserData | PulledData>;

  /** Makes a task of this source that waits to be run with `syncService.runSync`. */
  newTask(): Promise<SyncTaskModel> {
    return makeTask(this.instance);
  }

  /** Says that a task that waits is processing. */
  async beginTask(taskId: number): Promise<void> {
    await changeTask(this.instance, taskId, 'init', { status: 'processing' });
  }

  /**
   * Says how a task that is processing ended. Runs keep their tasks themselves; a source overrides this to be told of the
   * end of each run that was no dry run.
   */
  async endTask({ taskId, success, cost, message }: EndTaskParams): Promise<void> {
    await changeTask(this.instance, taskId, 'processing', { status: success ? 'success' : 'failed', cost, message });
  }

  /** Takes a failed task back to processing. */
  retryTask(taskId: number): Promise<SyncTaskModel> {
    return changeTask(this.instance, taskId, 'failed', { status: 'processing', message: '' });
  }
}

/** A class of sources. */
export type SyncSourceExtend<T extends SyncSource = SyncSource> = (new (config: SyncSourceConfig) => T) & {
  readonly prototype: T;
};
