import type { ComponentType } from 'react';

/** What a source type brings for the page. */
export interface SourceOptions {
  components?: Partial<{
    /**
     * The form of the type's own options, shown where a source is configured. Its fields stand below `options`:
     * `<Form.Item name={['options', 'url']}>`.
     */
    AdminSettingsForm: ComponentType;
    /** The same, loaded when it is needed. */
    AdminSettingsFormLoader: () => Promise<{ default: ComponentType }>;
  }>;
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
}
