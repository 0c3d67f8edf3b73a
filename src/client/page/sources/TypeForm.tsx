import { Alert, Skeleton } from 'antd';
import { lazy, Suspense, useMemo, type ComponentType } from 'react';
import { usePage } from '../page-context';
import { ErrorBoundary } from '../parts/ErrorBoundary';

interface TypeFormProps {
  readonly sourceType: string;
  /** Whether the server knows the type. */
  readonly isKnown: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly secretsSet: readonly string[];
  /** Values of a form that keeps them itself. */
  readonly onForeignChange: (options: Record<string, unknown>) => void;
}

/** The form that a type brings; without one there is nothing to set, and a type that nobody knows keeps its data. */
export function TypeForm({ sourceType, isKnown, options, secretsSet, onForeignChange }: TypeFormProps) {
  const { t, types, FormSurroundings } = usePage();
  const components = types.get(sourceType)?.components;
  const Settings = useMemo<ComponentType | undefined>(() => {
    if (components?.AdminSettingsForm) return components.AdminSettingsForm;
    return components?.AdminSettingsFormLoader && lazy(components.AdminSettingsFormLoader);
  }, [components]);

  if (!isKnown) {
    const message = t(
      'The type "{{type}}" is not there. Enable the plugin that brings it; until then its settings stay as they are.',
      {
        type: sourceType,
      },
    );
    return <Alert type="warning" role="note" showIcon message={message} />;
  }
  if (!Settings) return null;
  const form = (
    <Suspense fallback={<Skeleton active />}>
      <Settings />
    </Suspense>
  );
  return (
    <ErrorBoundary message={t('The form of this type could not be shown. Its settings stay as they are.')}>
      {secretsSet.length > 0 && (
        <Alert
          type="info"
          role="note"
          showIcon
          message={t('Set and not shown: {{names}}. Leave them empty to keep them.', { names: secretsSet.join(', ') })}
          style={{ marginBottom: 16 }}
        />
      )}
      {FormSurroundings ? (
        <FormSurroundings options={options} onChange={onForeignChange}>
          {form}
        </FormSurroundings>
      ) : (
        form
      )}
    </ErrorBoundary>
  );
}
