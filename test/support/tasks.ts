import { setTimeout as delay } from 'node:timers/promises';
import type { Model } from '@nocobase/database';
import type { TestApp } from './app';

/** A row of `userDataSyncTasks`, as far as tests look at it. */
export interface TaskRow {
  readonly id: number;
  readonly status: string;
  readonly trigger: string;
  readonly attempt: number;
  readonly code: string | null;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly done: number;
  readonly total: number;
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
}

/** A task that takes longer than this to end is stuck, in ms. */
const PATIENCE = 30_000;
const POLL_INTERVAL = 20;

/** Waits until a task has ended and gives back its row. */
export async function waitForTask(host: TestApp, taskId: number | string): Promise<TaskRow> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const row: Model | null = await host.db.getModel<Model>('userDataSyncTasks').findByPk(taskId);
    const task = row?.toJSON<TaskRow>();
    if (task && task.status !== 'init' && task.status !== 'processing') return task;
    if (Date.now() > deadline) throw new Error(`Task ${taskId} is still ${task?.status ?? 'not there'}.`);
    await delay(POLL_INTERVAL);
  }
}
