import { Alert, Skeleton } from 'antd';
import { lazy, Suspense, useEffect, useMemo, type ComponentType, type Ref } from 'react';
import type { ForeignForm } from '../host';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { ErrorBoundary } from '../parts/ErrorBoundary';

interface TypeFormProps {
  readonly source?: Source;
  readonly sourceType: string;
  /** Whether the server knows the type. */
  readonly isKnown: boolean;
  readonly foreignForm: Ref<ForeignForm>;
  /** Told whether the form is still being loaded. */
  readonly onLoading: (isLoading: boolean) => void;
  readonly onClose: () => void;
}

/** The form that a type brings; without one there is nothing to set, and a type that nobody knows keeps its data. */
export function TypeForm({ source, sourceType, isKnown, foreignForm, onLoading, onClose }: TypeFormProps) {
  const { t, types, FormSurroundings } = usePage();
  const secretsSet = source?.secretsSet ?? [];
  const components = types.get(sourceType)?.components;
  const Settings = useMemo<ComponentType | undefined>(() => {
    if (components?.AdminSettingsForm) return components.AdminSettingsForm;
    return components?.AdminSettingsFormLoader && lazy(components.AdminSettingsFormLoader);
  }, [components]);

  if (!isKnown) {
    const message = t(
      'The type "{{type}}" is not available. Enable the plugin that provides it. Until then, its settings are kept.',
      {
        type: sourceType,
      },
    );
    return <Alert type="warning" role="note" showIcon message={message} />;
  }
  if (!Settings) return null;
  const form = (
    <Suspense fallback={<Loading onLoading={onLoading} />}>
      <Settings />
    </Suspense>
  );
  return (
    <ErrorBoundary
      message={t(
        'The form of this type could not be shown. Its settings are kept. Reload the page. If this happens again, contact the maintainer of the plugin that provides this type.',
      )}
    >
      {secretsSet.length > 0 && (
        <Alert
          type="info"
          role="note"
          showIcon
          message={t('Already set, but not shown: {{names}}. Leave empty to keep the current values.', {
            names: secretsSet.join(', '),
          })}
          style={{ marginBottom: 16 }}
        />
      )}
      {FormSurroundings ? (
        <FormSurroundings {...{ source, sourceType, foreignForm, onClose }}>{form}</FormSurroundings>
      ) : (
        form
      )}
    </ErrorBoundary>
  );
}

function Loading({ onLoading }: Pick<TypeFormProps, 'onLoading'>) {
  useEffect(() => {
    onLoading(true);
    return () => onLoading(false);
  }, [onLoading]);
  return <Skeleton active />;
}
