import { App, Card, Tabs } from 'antd';
import { useMemo } from 'react';
import { SyncApi } from './api';
import type { PageHost } from './host';
import { PageContext } from './page-context';
import { SourcesTab } from './sources/SourcesTab';
import { HistoryTab } from './tasks/HistoryTab';

/** *Users & Permissions → Synchronize*: sources, and the history of their runs. */
export function SyncPage({ host }: { readonly host: PageHost }) {
  const value = useMemo(() => ({ ...host, api: new SyncApi(host.request) }), [host]);
  return (
    <PageContext.Provider value={value}>
      <App>
        <Card variant="borderless">
          <Tabs
            destroyInactiveTabPane
            items={[
              { key: 'sources', label: host.t('Sources'), children: <SourcesTab /> },
              { key: 'history', label: host.t('Update history'), children: <HistoryTab /> },
            ]}
          />
        </Card>
      </App>
    </PageContext.Provider>
  );
}
