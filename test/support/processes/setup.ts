import { createConnection } from 'node:net';
import { once } from 'node:events';
import stageOnce from '../staged-package';

/** Puts the packed plugin where server processes find it, and says whether there is a PostgreSQL. */
export default async function setup(): Promise<void> {
  stageOnce();
  if (await hasPostgres()) process.env.USER_DATA_SYNC_TEST_POSTGRES = 'true';
  else console.warn('\nNo PostgreSQL on 127.0.0.1:5432: what processes do on it is LEFT OUT.\n');
}

async function hasPostgres(): Promise<boolean> {
  const socket = createConnection(5432, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
