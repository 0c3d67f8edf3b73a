import { SyncError } from '../errors';
import { isSourceName, parseRules, sealedPath, type SyncSourceManager, type SyncSourceModel } from '../sources';
import { isObject } from '../validation';

/** What a person may set; everything else of a row is the server's own, and its tasks are written by runs only. */
const EDITABLE = ['name', 'sourceType', 'displayName', 'enabled', 'options', 'rules'] as const;
/** The type and the name of a source cannot be changed: links and secrets depend on them. */
const FIXED = ['name', 'sourceType'] as const;

type SourceValues = Partial<Record<(typeof EDITABLE)[number], unknown>>;

/** Checks what a source is created with and gives back what of it is stored. */
export function valuesToCreate(submitted: unknown, sourceManager: SyncSourceManager): SourceValues {
  const values = pickEditable(submitted);
  if (!isSourceName(values.name)) throw invalid('name', 'name');
  if (typeof values.sourceType !== 'string') throw invalid('sourceType', 'string');
  sourceManager.get(values.sourceType);
  checkCommon(values);
  if (values.options === undefined || values.options === null) values.options = {};
  values.rules ??= null;
  checkOptions(values.options, values.sourceType, sourceManager);
  return withRules(values);
}

/** Checks what a source is changed to and gives back what of it is stored. */
export function valuesToUpdate(
  submitted: unknown,
  source: SyncSourceModel,
  sourceManager: SyncSourceManager,
): SourceValues {
  const values = pickEditable(submitted);
  for (const field of FIXED) {
    const current: string = source[field];
    if (values[field] !== undefined && values[field] !== current) throw invalid(field, current);
  }
  checkCommon(values);
  if (values.options !== undefined) checkOptions(values.options, source.sourceType, sourceManager);
  return withRules(values);
}

/** Rules are stored whole, and not at all when they are those of every source. */
function withRules(values: SourceValues): SourceValues {
  if (values.rules === undefined || values.rules === null) return values;
  return { ...values, rules: parseRules(values.rules) };
}

function pickEditable(submitted: unknown): SourceValues {
  if (!isObject(submitted)) throw invalid('body', 'object');
  return Object.fromEntries(
    EDITABLE.filter((field) => submitted[field] !== undefined).map((field) => [field, submitted[field]]),
  );
}

function checkCommon({ displayName, enabled }: SourceValues): void {
  if (
    displayName !== undefined &&
    displayName !== null &&
    (typeof displayName !== 'string' || displayName.length > 255)
  )
    throw invalid('displayName', 'string');
  if (enabled !== undefined && typeof enabled !== 'boolean') throw invalid('enabled', 'boolean');
}

/** What somebody submits as options has the form of options, whatever the type. */
export function requireOptions(options: unknown): Record<string, unknown> {
  if (!isObject(options)) throw new SyncError('SOURCE_OPTIONS_INVALID', { path: 'options', expected: 'object' });
  const sealed = sealedPath(options, 'options');
  if (sealed !== undefined) throw new SyncError('SOURCE_OPTIONS_INVALID', { path: sealed, expected: 'value' });
  return options;
}

function checkOptions(submitted: unknown, sourceType: string, sourceManager: SyncSourceManager): void {
  const options = requireOptions(submitted);
  sourceManager.find(sourceType)?.validateOptions?.(options);
}

const invalid = (path: string, expected: string) => new SyncError('INVALID_REQUEST', { path, expected });
