import type { TaskStatus } from '../../common/tasks';
import type { PrimaryKey } from '../model/primary-key';
import type { SyncTask } from './task';

/** Says that a run moved on or ended, after its row has been written. */
export type Announce = (task: SyncTask, status: TaskStatus) => void;

/** The part of the application that sends messages to the browsers of a user, on whatever node they are connected to. */
export interface Messenger {
  emit(event: 'ws:sendToUser', message: { userId: PrimaryKey; message: { type: string; payload: object } }): unknown;
}

/** The client knows messages about tasks by this name. */
const MESSAGE_TYPE = 'user-data-sync:task';

/** Tells the user who started a run, so that an open page looks at the task again. Runs that nobody started are silent. */
export function announceTo(messenger: Messenger): Announce {
  return ({ id, request: { userId } }, status) => {
    if (userId === undefined) return;
    const message = { type: MESSAGE_TYPE, payload: { taskId: String(id), status } };
    try {
      messenger.emit('ws:sendToUser', { userId, message });
    } catch {
      // A page that is not told looks by itself; the run is not the worse for it.
    }
  };
}
