import type { ComponentType, PropsWithChildren, Ref } from 'react';
import type { Source } from './model';
import type { SourceTypeRegistry } from './source-type-registry';

/** A request to the server, as both clients of the host send it. */
export interface RequestConfig {
  readonly url: string;
  readonly method?: 'get' | 'post';
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly responseType?: 'blob';
  /** The page shows errors where they belong, so the host's own pop-up stays away. */
  readonly skipNotify?: boolean;
}

/** Sends a request; the answer's body stands in `data`. */
export type SendRequest = (config: RequestConfig) => Promise<{ data: unknown }>;

/** Translates a key of `src/locale` and fills in its placeholders. */
export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** What the pages need of the client that they run in; each of the two entries hands it in. */
export interface PageHost {
  readonly request: SendRequest;
  readonly t: Translate;
  /** The language of the page, as `en-US`. */
  readonly locale: string;
  readonly types: SourceTypeRegistry;
  /** The address that others push to. */
  readonly pushUrl: string;
  /** Where the host lists users, and API keys. */
  readonly links: { readonly users: string; readonly apiKeys: string };
  /** Calls the listener when the server tells that a run moved on; gives back how to stop it. Without it, the page asks. */
  readonly onTaskEvent?: (listener: (event: { taskId: string }) => void) => () => void;
  /** Surrounds the form of another plugin with what this client's forms expect. */
  readonly FormSurroundings?: ComponentType<FormSurroundingsProps>;
}

export type FormSurroundingsProps = PropsWithChildren<{
  /** What is there already; a new source is not. */
  readonly source?: Source;
  readonly sourceType: string;
  readonly foreignForm: Ref<ForeignForm>;
  readonly onClose: () => void;
}>;

/** The form of another plugin that keeps its values itself, beside the page's form. */
export interface ForeignForm {
  /** The options with what was changed in this form. */
  applyTo(options: Record<string, unknown>): Record<string, unknown>;
  /** Whether the fields are right; those that are not say so. */
  validate(): Promise<boolean>;
  /** The same before the values are stored, which the form may prepare. */
  submit(): Promise<boolean>;
}
