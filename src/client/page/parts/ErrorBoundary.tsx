import { Alert } from 'antd';
import { Component, type PropsWithChildren, type ReactNode } from 'react';

/** Keeps a broken form of another plugin from taking the page with it. */
export class ErrorBoundary extends Component<PropsWithChildren<{ message: string }>, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Alert type="error" showIcon role="alert" message={this.props.message} description={error.message} />;
  }
}
