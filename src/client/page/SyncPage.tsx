import { App, Card, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { SyncApi } from './api';
import type { PageHost } from './host';
import type { Task } from './model';
import { PageContext } from './page-context';
import { SourcesTab } from './sources/SourcesTab';
import { TaskEvents } from './task-events';
import { HistoryTab } from './tasks/HistoryTab';
import { TaskDrawer } from './tasks/TaskDrawer';

/** *Users & Permissions → Synchronize*: sources, and the history of their runs. */
export function SyncPage({ host }: { readonly host: PageHost }) {
  const [opened, openTask] = useState<Task['id']>();
  const value = useMemo(
    () => ({ ...host, api: new SyncApi(host.request), events: new TaskEvents(host.onTaskEvent), openTask }),
    [host],
  );
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
        {opened !== undefined && <TaskDrawer taskId={opened} onClose={() => openTask(undefined)} />}
      </App>
    </PageContext.Provider>
  );
}
