import { Gateway, type Application } from '@nocobase/server';
import { reasonOf } from '../errors';
import { translateRefusals } from '../host/requests/refusals';
import { cannotRestore, restoreColumn } from './column-restoring';
import type { DisabledUserStore } from './disabled-user-store';
import { guardField } from './field-guard';
import { guardFlag } from './flag-guard';
import { refuseSessions } from './session-refusal';
import { refuseSignIn } from './sign-in-refusal';
import { SocketRefusal, type Connection } from './socket-refusal';

/** Disabled users can use neither the host's own data source nor any other one. */
export function keepDisabledUsersOut(app: Application, store: DisabledUserStore): SocketRefusal {
  guardFlag(app.db);
  guardField(app.db);
  refuseSignIn(app.db, store);
  const { dataSourceManager } = app;
  dataSourceManager.use(translateRefusals, {
    tag: 'userDataSyncRefusals',
    before: 'auth',
  });
  dataSourceManager.use(restoreColumn(store.flag), {
    tag: 'userDataSyncFlagColumn',
    after: 'userDataSyncRefusals',
    before: 'auth',
  });
  dataSourceManager.use(refuseSessions(store), {
    tag: 'userDataSyncDisabledUsers',
    after: 'auth',
    before: ['setCurrentRole', 'acl'],
  });
  const sockets = new SocketRefusal({ app, connections, store, complain: (message) => app.logger.error(message) });
  sockets.listen();
  app.on('beforeStart', () => showWhoIsDisabled(app, store));
  app.on('afterStart', () => sockets.start());
  app.on('beforeStop', () => sockets.stop());
  return sockets;
}

/** The websockets of this process; one that answers no requests has none. */
function connections(): Iterable<Connection> {
  const { wsServer } = Gateway.getInstance() as { wsServer?: { webSocketClients?: ReadonlyMap<string, unknown> } };
  return (wsServer?.webSocketClients?.values() ?? []) as Iterable<Connection>;
}

/** Corrects the flags and their column after changes by SQL. */
async function showWhoIsDisabled({ logger }: Application, { flag }: DisabledUserStore): Promise<void> {
  try {
    if (await flag.ensure()) logger.warn('user data synchronization: users.isDisabled was missing and was put back');
  } catch (error) {
    return void logger.error(`${cannotRestore}: ${reasonOf(error)}`);
  }
  try {
    const count = await flag.correct();
    if (count > 0)
      logger.warn(`user data synchronization: users.isDisabled was wrong for ${count} users and was corrected`);
  } catch (error) {
    logger.error(`user data synchronization: users.isDisabled cannot be corrected: ${reasonOf(error)}`);
  }
}
