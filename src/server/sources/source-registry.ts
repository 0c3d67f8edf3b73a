import type { Context } from '@nocobase/actions';
import { SyncError, toSyncError } from '../errors';
import { listed } from '../limits';
import type { Encryptor } from '../security/encryptor';
import {
  openOptions,
  sealOptions,
  maskOptions,
  secretOptions,
  type IsSecret,
  type SealedOptions,
} from './option-secrets';
import type { SourceOptions, SyncSourceModel } from './source-model';
import type { SyncSource, SyncSourceExtend } from './sync-source';

/** A kind of source that administrators can add. */
export interface SourceType {
  readonly syncSource: SyncSourceExtend;
  /** Shown to administrators; may be a template such as `{{t("LDAP", {ns: "my-plugin"})}}`. Default: the name. */
  readonly title?: string;
  /** Names of options that are secrets, besides those whose names say so: stored encrypted, never sent to the page. */
  readonly secretOptions?: readonly string[];
  /** Checks options before they are stored. Throws `SyncError` with `SOURCE_OPTIONS_INVALID`. */
  validateOptions?(options: Readonly<Record<string, unknown>>): void;
  /** Whether its sources can be asked for data (`Sync`). Default: yes. */
  readonly isPullable?: boolean;
}

/** What the page knows about a source type. */
export interface SourceTypeInfo {
  readonly name: string;
  readonly title: string;
  readonly isPullable: boolean;
  /** Whether its sources can be tried without a run. */
  readonly canTest: boolean;
}

/** Finds configured rows that are enabled. */
export interface ConfiguredSources {
  enabledByName(name: string): Promise<SyncSourceModel>;
  enabledById(id: number | string): Promise<SyncSourceModel>;
}

/** The source types of an application. */
export class SyncSourceManager {
  private readonly types = new Map<string, SourceType>();

  /** Both are asked for when they are needed: the host makes them while it loads. */
  constructor(
    private readonly encryptor: () => Encryptor,
    private readonly configured: () => ConfiguredSources,
  ) {}

  /** Adds a type, or replaces the one of the same name. */
  registerType(name: string, type: SourceType): void {
    this.types.set(name, type);
  }

  listTypes(): SourceTypeInfo[] {
    return [...this.types].map(([name, { title, syncSource, isPullable = true }]) => ({
      name,
      title: title ?? name,
      isPullable,
      canTest: typeof syncSource.prototype.testConnection === 'function',
    }));
  }

  find(name: string): SourceType | undefined {
    return this.types.get(name);
  }

  /** The type of a name. Fails with `SOURCE_TYPE_UNKNOWN`, which lists what there is. */
  get(name: string): SourceType {
    const type = this.types.get(name);
    if (!type)
      throw new SyncError('SOURCE_TYPE_UNKNOWN', { type: name, registered: listed([...this.types.keys()].sort()) });
    return type;
  }

  /** Which options of a type are secrets; also for a type that is not registered (any more). */
  secretsOf(name: string): IsSecret {
    return secretOptions(this.types.get(name)?.secretOptions);
  }

  /** Options as they are to be stored, checked by the type. `previous` is what is stored now. */
  async seal(name: string, options: unknown, previous: unknown): Promise<SealedOptions> {
    const sealed = await sealOptions(options, previous, this.secretsOf(name), this.encryptor());
    this.find(name)?.validateOptions?.(openOptions(sealed, this.encryptor()));
    return sealed;
  }

  /** The enabled source of a name. Fails with `SOURCE_NOT_FOUND` or `SOURCE_DISABLED`. */
  async getByName(name: string, ctx: Context): Promise<SyncSource> {
    return this.create(await this.configured().enabledByName(name), ctx);
  }

  /** The enabled source of an id. Fails with `SOURCE_NOT_FOUND` or `SOURCE_DISABLED`. */
  async getById(id: number | string, ctx: Context): Promise<SyncSource> {
    return this.create(await this.configured().enabledById(id), ctx);
  }

  /** Makes the source of a configured row. */
  create(instance: SyncSourceModel, ctx: Context): SyncSource {
    const { syncSource: Source } = this.get(instance.sourceType);
    const options = this.optionsOf(instance);
    // Sources of other plugins read their options from the row, too. Saving it encrypts them again.
    instance.set('options', options);
    const source = new Source({ sourceInstance: instance, options, ctx });
    // What the constructor of its base class would have set.
    const base = source as unknown as { instance?: SyncSourceModel; options?: SourceOptions; ctx?: Context };
    base.instance ??= instance;
    base.options ??= options;
    base.ctx ??= ctx;
    return source;
  }

  /** The options of a configured row as its source gets them, secrets decrypted: for the plugin of the source type. */
  optionsOf(instance: SyncSourceModel): SourceOptions {
    return openOptions(instance.get('options'), this.encryptor());
  }

  /** Why a source failed, without the values of its secret options: other systems quote what they were sent. */
  failureOf(instance: SyncSourceModel, error: unknown): SyncError {
    const mask = maskOptions(instance.get('options'), this.secretsOf(instance.sourceType));
    return toSyncError(error, 'SOURCE_FAILED', mask);
  }
}
