import type { ComponentType } from 'react';
import { ListedUsers } from './listed-users';
import { MarkedUsers } from './MarkedUsers';

/** Below *Users & Permissions*, the pages that list users. Page and plugin have the same name. */
const PAGES = ['users', 'departments'] as const;

/** What a page of the host draws itself with: a component, or what loads one. */
export type PageContent = Pick<HostPage, 'Component' | 'componentLoader'>;

/**
 * Makes the host's lists of users say who is disabled. Each client replaces the content of a page of *Users & Permissions*
 * in its own way.
 */
export function markUserLists(
  app: HostApplication,
  label: () => string,
  replace: (page: string, content: PageContent) => void,
): void {
  const users = new ListedUsers();
  app.apiClient.axios.interceptors.response.use((answer) => {
    users.learn(answer as Parameters<ListedUsers['learn']>[0]);
    return answer;
  });
  const marked = (Page: ComponentType) => () => (
    <MarkedUsers users={users} label={label()}>
      <Page />
    </MarkedUsers>
  );
  for (const page of PAGES) {
    const mark = () => {
      const content = withContent(app.pluginSettingsManager.get(`users-permissions.${page}`, false), marked);
      if (content) replace(page, content);
    };
    // Whichever loads first: the plugin whose page it is, or this one.
    mark();
    app.eventBus?.addEventListener(`plugin:${page}:loaded`, mark);
  }
}

function withContent(page: HostPage | null, surround: (Page: ComponentType) => ComponentType): PageContent | undefined {
  const { Component, componentLoader } = page ?? {};
  if (!componentLoader) return Component && { Component: surround(Component) };
  return {
    componentLoader: async () => {
      const loaded = await componentLoader();
      return { default: surround('default' in loaded ? loaded.default : loaded) };
    },
  };
}
