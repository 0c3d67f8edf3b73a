import type { PageHost } from './page/host';
import type { SourceTypeRegistry } from './page/source-type-registry';

/** Under this name the host offers the texts of `src/locale`. */
export const NAMESPACE = 'nocobase-plugin-user-data-sync';
/** The server announces under this name that a run moved on. */
const TASK_EVENT = 'ws:message:user-data-sync:task';

/** Who may open the page: the same permission as for the actions behind it. */
export const PAGE_PERMISSION = 'pm.user-data-sync';

/** What both clients have in common, as the pages want it. `basePath` is where the client's own pages begin. */
export function createPageHost(
  app: HostApplication,
  types: SourceTypeRegistry,
  basePath: string,
  FormSurroundings?: PageHost['FormSurroundings'],
): PageHost {
  const { apiClient, i18n, eventBus } = app;
  const url = (path: string) => `${basePath}${path}`;
  return {
    request: (config) => apiClient.request(config),
    t: (key, params) => i18n.t(key, { ns: NAMESPACE, ...params, interpolation: { escapeValue: false } }),
    locale: i18n.language,
    types,
    pushUrl: new URL(`${apiClient.axios.defaults.baseURL ?? '/api/'}userData:push`, location.origin).href,
    links: { users: url('admin/settings/users-permissions/users'), apiKeys: url('admin/settings/api-keys') },
    onTaskEvent:
      eventBus &&
      ((listener) => {
        const onMessage = (event: Event) => listener((event as CustomEvent<{ taskId: string }>).detail);
        eventBus.addEventListener(TASK_EVENT, onMessage);
        return () => eventBus.removeEventListener(TASK_EVENT, onMessage);
      }),
    FormSurroundings,
  };
}
