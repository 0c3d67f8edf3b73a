import { App, Card, Flex, Tabs } from 'antd';
import { useMemo } from 'react';
import { tabAddress, useAddress } from './address';
import { SyncApi } from './api';
import { ChangesTab } from './changes/ChangesTab';
import { DisabledUsersTab } from './disabled-users/DisabledUsersTab';
import type { PageHost } from './host';
import { PageContext, type PageValue } from './page-context';
import { Announcer } from './parts/Announcer';
import { ReadableTheme } from './parts/ReadableTheme';
import { usePlainTabList } from './parts/use-plain-tab-list';
import { PendingApprovals } from './PendingApprovals';
import { RunNews } from './run-news';
import { SettingsButton } from './settings/SettingsButton';
import { SourcesTab } from './sources/SourcesTab';
import { TaskEvents } from './task-events';
import { HistoryTab } from './tasks/HistoryTab';
import { TaskDrawer } from './tasks/TaskDrawer';

/** *Users & Permissions → Synchronize*: sources, their runs, what these changed for whom, and who may not sign in. */
export function SyncPage({ host }: { readonly host: PageHost }) {
  const [address, goTo] = useAddress();
  const services = useMemo(
    () => ({
      ...host,
      api: new SyncApi(host.request),
      events: new TaskEvents(host.onTaskEvent),
      news: new RunNews(),
      goTo,
      openTask: (task: number | string) => goTo({ task: String(task) }),
    }),
    [host, goTo],
  );
  const value = useMemo<PageValue>(() => ({ ...services, address }), [services, address]);
  const tabBar = usePlainTabList();
  const tabs = [
    { key: 'sources', label: host.t('Sources'), children: <SourcesTab /> },
    { key: 'history', label: host.t('Update history'), children: <HistoryTab /> },
    { key: 'changes', label: host.t('Changes'), children: <ChangesTab /> },
    { key: 'disabled', label: host.t('Disabled users'), children: <DisabledUsersTab /> },
  ];
  const tab = tabs.find(({ key }) => key === address.tab) ?? tabs[0];
  return (
    <PageContext.Provider value={value}>
      <ReadableTheme>
        <App>
          <Card variant="borderless">
            <PendingApprovals />
            <Tabs
              destroyInactiveTabPane
              activeKey={tab.key}
              onChange={(key) => goTo(tabAddress(key))}
              renderTabBar={(props, TabBar) => (
                // In the bar itself the button would be among the tabs, which a list of tabs must not have.
                <Flex ref={tabBar} gap={16} align="start">
                  <TabBar {...props} style={{ ...props.style, flex: 1, minWidth: 0 }} />
                  <SettingsButton />
                </Flex>
              )}
              items={tabs}
            />
          </Card>
          <Announcer />
          {address.task !== undefined && <TaskDrawer taskId={address.task} onClose={() => goTo({ task: undefined })} />}
        </App>
      </ReadableTheme>
    </PageContext.Provider>
  );
}
