import type { ComponentType } from 'react';

/** The form of a type has no properties. */
export type SourceAdminSettingsFormProps = Record<string, never>;

/** Loads the form of a type when somebody opens it. */
export type SourceAdminSettingsFormLoader = () => Promise<{ default: ComponentType<SourceAdminSettingsFormProps> }>;

/** What a source type brings for the page. */
export interface SourceOptions {
  components?: {
    /**
     * The form of the type's own options, shown where a source is configured. Its fields stand below `options`:
     * `<Form.Item name={['options', 'url']}>`, or, in the legacy client, the fields of a schema of Formily.
     */
    AdminSettingsForm?: ComponentType;
    /** The same, loaded when it is needed. */
    AdminSettingsFormLoader?: SourceAdminSettingsFormLoader;
  };
}

/** The source types that the page knows forms for. Types without a form can be used too. */
export class SourceTypeRegistry {
  private readonly types = new Map<string, SourceOptions>();

  /** Adds the form of a type, or replaces it. */
  register(type: string, options: SourceOptions): void {
    this.types.set(type, options);
  }

  get(type: string): SourceOptions | undefined {
    return this.types.get(type);
  }

  getKeys(): Iterable<string> {
    return this.types.keys();
  }

  getValues(): Iterable<SourceOptions> {
    return this.types.values();
  }

  /** Types with what they bring. */
  getEntities(): Iterable<[string, SourceOptions]> {
    return this.types.entries();
  }
}
