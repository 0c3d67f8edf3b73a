import type { Database } from '@nocobase/database';
import { SettingsStore } from '../settings/settings-store';
import type { RunningTasks } from '../tasks';
import { cleanUp } from './clean-up';

/** Every night, by the server's clock. */
export const CLEAN_UP_TIME = '0 17 3 * * *';
/** Held by the node that cleans up. Sub-applications share the names of locks, and clean up each for itself. */
export const cleanUpLockOf = ({ name }: Pick<NightlyHost, 'name'>) => `user-data-sync:clean-up:${name}`;
/** A node that dies while it cleans up keeps the others from it for this long, in ms. */
const LEASE = 60_000;

/** A lock that has been taken. */
interface TakenLock {
  acquire(ttl: number): (() => void | Promise<void>) | Promise<() => void | Promise<void>>;
  extend?(ttl: number): void | Promise<void>;
}

/** The part of the application that is needed to do something every night on one of its nodes. */
export interface NightlyHost {
  readonly name: string;
  readonly db: Database;
  readonly cronJobManager: {
    readonly started: boolean;
    addJob(job: { cronTime: string; onTick: () => void }): { start(): void };
  };
  readonly lockManager: { tryAcquire(key: string): Promise<TakenLock> };
  readonly logger: { info(message: string, meta?: Record<string, unknown>): void };
}

/** Cleans up every night. What goes wrong is logged, and tried again the night after. */
export function cleanUpNightly(host: NightlyHost, running: Pick<RunningTasks, 'inBackground'>): void {
  const onTick = () => running.inBackground((signal) => onOneNode(host, () => cleanUpOnce(host, signal)));
  const job = host.cronJobManager.addJob({ cronTime: CLEAN_UP_TIME, onTick });
  // The host starts its jobs when it starts; one that is added afterwards would wait for ever.
  if (host.cronJobManager.started) job.start();
}

async function cleanUpOnce({ db, logger }: NightlyHost, signal: AbortSignal): Promise<void> {
  const cleaned = await cleanUp(db, await new SettingsStore(db).read(), new Date(), signal);
  logger.info('user data synchronization: cleaned up', { ...cleaned });
}

/** Every node wakes up at the same time; those that come second do nothing. */
async function onOneNode(host: NightlyHost, work: () => Promise<void>): Promise<void> {
  const lock = await host.lockManager.tryAcquire(cleanUpLockOf(host)).catch((error: unknown) => {
    if ((error as Error).constructor.name === 'LockAcquireError') return undefined;
    throw error;
  });
  if (!lock) return;
  const release = await lock.acquire(LEASE);
  const extension = setInterval(() => void Promise.resolve(lock.extend?.(LEASE)).catch(() => undefined), LEASE / 3);
  try {
    await work();
  } finally {
    clearInterval(extension);
    await release();
  }
}
