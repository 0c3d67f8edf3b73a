import { App } from 'antd';
import { useMemo } from 'react';

/** Passing messages, which screen readers read out. */
export interface Notify {
  readonly failed: (failure: unknown) => void;
  readonly succeeded: (text: string) => void;
}

export function useNotify(): Notify {
  const { message } = App.useApp();
  return useMemo(
    () => ({
      failed: (failure) =>
        void message.error(<span role="alert">{failure instanceof Error ? failure.message : String(failure)}</span>),
      succeeded: (text) => void message.success(<span role="status">{text}</span>),
    }),
    [message],
  );
}
