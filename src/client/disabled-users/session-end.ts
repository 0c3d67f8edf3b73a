/** Closed by nobody but its reader, and by signing in. */
const NOTICE = 'user-data-sync-session-end';

interface Refusal {
  config?: { skipNotify?: unknown; headers?: Readonly<Record<string, unknown>> };
  readonly response?: { readonly status?: number; readonly data?: RefusalBody | null };
}

interface RefusalBody {
  readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
}

/**
 * Ends the session of somebody who was disabled meanwhile where it began: on the sign-in page, which says why. The host
 * does that for the codes that it knows, and not for `USER_DISABLED`: its legacy client stays on an empty page, its modern
 * one shows the sign-in page without a word, and both keep the token.
 */
export function endSessions(app: HostApplication): void {
  const { response } = app.apiClient.axios.interceptors;
  response.use(undefined, (error: unknown) => {
    const reason = reasonToEnd(error as Refusal);
    if (reason !== undefined) endSession(app, error as Refusal, reason);
    throw error;
  });
  // In front of the host's own, which would show the same message for some seconds. The host puts its own there, too.
  const { handlers } = response;
  if (handlers) handlers.unshift(...handlers.splice(-1));
  app.eventBus?.addEventListener('auth:tokenChanged', (event) => {
    if ((event as CustomEvent<{ token?: unknown }>).detail.token) app.apiClient.notification?.destroy(NOTICE);
  });
}

/** The message of a refusal because the user is disabled; the server has it in the reader's language. */
function reasonToEnd({ response }: Refusal): string | undefined {
  const first = response?.data?.errors?.[0];
  return response?.status === 401 && first?.code === 'USER_DISABLED' ? first.message : undefined;
}

function endSession({ apiClient, router }: HostApplication, refusal: Refusal, reason: string): void {
  const { auth } = apiClient;
  const sent = refusal.config?.headers?.Authorization;
  if (refusal.config) refusal.config.skipNotify = true;
  // A page sends many requests at once, and somebody else may have signed in since.
  if (sent !== undefined && sent !== `Bearer ${auth.token}`) return;
  auth.setToken(null);
  auth.setRole(null);
  auth.setAuthenticator(null);
  apiClient.notification?.error({ key: NOTICE, message: reason, duration: 0 });
  if (!router.isSkippedAuthCheckRoute(location.pathname)) void router.navigate('/signin', { replace: true });
}
