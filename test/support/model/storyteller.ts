import { setTimeout as delay } from 'node:timers/promises';
import type { TestApp } from '../app';
import { waitForTask } from '../tasks';
import type { Action, DataType, Delivery } from './action';
import { ByHand } from './by-hand';
import { HeldModel } from './held-model';
import { checkInvariants } from './invariants';
import { nextPull, startOver } from './installation';
import type { OrganisationModel } from './organisation-model';
import { checkRun, type TaskRow } from './run-check';
import { dump, takeSnapshot } from './snapshot';
import { viewOfModel, viewOfSnapshot } from './views';

/** Lets a story happen in an application and in the model, and compares the two after every step. */
export class Storyteller {
  private readonly held = new HeldModel();
  private readonly byHand: ByHand;

  private constructor(
    private readonly host: TestApp,
    private readonly model: OrganisationModel,
  ) {
    this.byHand = new ByHand(host, model);
  }

  static async tell(host: TestApp, story: readonly Action[]): Promise<void> {
    const teller = new Storyteller(host, await startOver(host));
    for (const action of story) {
      await teller.perform(action);
      await teller.compare();
    }
  }

  private async perform(action: Action): Promise<void> {
    switch (action.kind) {
      case 'push':
        await this.push(action.delivery, action.isRepeated);
        return;
      case 'pull':
        return this.pull(action.delivery, action.usersFirst, action.breaks);
      case 'decide':
        return this.decide(action);
      case 'approve':
      case 'reject':
        return this.settle(action.kind, action.held);
      default:
        await this.byHand.perform(action);
        return this.takeMainDepartments();
    }
  }

  private async push(delivery: Delivery, isRepeated: boolean): Promise<void> {
    const [[dataType, part]] = Object.entries(delivery.parts);
    const { source: sourceName, matchKey } = delivery;
    const body = { sourceName, matchKey, dataType, ...part };
    const preview = await this.preview(body);
    const task = await this.run(delivery, async () => {
      await this.host.plugin.syncService.push(body).catch((error: { code?: string }) => {
        if (error.code !== 'REMOVAL_LIMIT') throw error;
      });
      return this.newestTask();
    });
    if (task.status === 'blocked') return expect(preview.code).toBe('WOULD_BE_HELD');
    expect(preview.counts).toEqual(task.counts);
    if (!isRepeated) return;
    await this.compare();
    const before = await dump(this.host);
    const again = await this.run(delivery, async () => {
      await this.host.plugin.syncService.push(body);
      return this.newestTask();
    });
    expect(await dump(this.host)).toEqual(before);
    for (const counts of Object.values(again.counts ?? {})) expect(counts.unchanged + counts.failed).toBe(counts.all);
  }

  /** A dry run writes nothing, and says what the run will do. */
  private async preview(body: object): Promise<TaskRow> {
    const before = await dump(this.host);
    await this.host.plugin.syncService.push({ ...body, dryRun: true });
    expect(await dump(this.host)).toEqual(before);
    return this.newestTask();
  }

  private async pull({ parts, ...delivery }: Delivery, usersFirst: boolean, breaks: boolean): Promise<void> {
    const order: DataType[] = usersFirst ? ['user', 'department'] : ['department', 'user'];
    nextPull.parts = order.map((dataType) => ({ dataType, matchKey: delivery.matchKey, ...parts[dataType] }));
    nextPull.breaks = breaks;
    const start = async () => {
      const { taskId } = await this.host.plugin.syncService.pull(delivery.source, {} as never);
      return this.ended(taskId);
    };
    if (!breaks) return void (await this.run({ ...delivery, parts }, start));
    const before = await dump(this.host);
    expect(await start()).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
    expect(await dump(this.host)).toEqual(before);
  }

  private async decide({ source, removal, isGuarded }: Action & { kind: 'decide' }): Promise<void> {
    const limit = isGuarded ? { count: 0, percent: 100 } : undefined;
    await this.host.db.getRepository('userDataSyncSources').update({
      filter: { name: source },
      values: { rules: { removal, limits: { users: limit, departments: limit } } },
    });
    Object.assign(this.model.sources[source], { removal, isGuarded });
  }

  private async settle(kind: 'approve' | 'reject', number: number): Promise<void> {
    const held = this.held.at(number);
    if (!held) return;
    const { heldRuns } = this.host.plugin.syncService;
    if (kind === 'reject') {
      await heldRuns.reject(held.taskId);
      expect(await this.ended(held.taskId)).toMatchObject({ status: 'canceled' });
      this.held.remove(held);
      return;
    }
    const approval = heldRuns.approve(held.taskId);
    if (this.held.isOutdated(held)) return expect(approval).rejects.toMatchObject({ code: 'TASK_OUTDATED' });
    await approval;
    const task = await this.ended(held.taskId);
    await checkRun(this.host, this.model, held.delivery, task, { isApproved: true });
    if (task.status !== 'blocked') this.held.apply(held);
  }

  /** Runs a delivery and applies it to the model, unless it is held: then nothing may have been written. */
  private async run(delivery: Delivery, start: () => Promise<TaskRow>): Promise<TaskRow> {
    const before = await dump(this.host);
    const task = await start();
    await checkRun(this.host, this.model, delivery, task, { isApproved: false });
    if (task.status === 'blocked') {
      expect(await dump(this.host)).toEqual(before);
      for (const older of this.held.hold(task.id, delivery))
        expect(await this.ended(older.taskId)).toMatchObject({ status: 'canceled', code: 'SUPERSEDED' });
    } else {
      this.held.deliver(delivery);
    }
    // What is told apart by the time at which it came comes a millisecond later.
    await delay(1);
    return task;
  }

  private async compare(): Promise<void> {
    const snapshot = await takeSnapshot(this.host);
    expect(viewOfSnapshot(snapshot)).toEqual(viewOfModel(this.model));
    checkInvariants(snapshot);
  }

  /** What is done by hand moves main departments as the host likes. */
  private async takeMainDepartments(): Promise<void> {
    for (const { id, mainDepartmentId: main } of (await takeSnapshot(this.host)).users) {
      const user = this.model.users.get(String(id));
      if (user) user.main = main === null ? null : String(main);
    }
  }

  private async newestTask(): Promise<TaskRow> {
    const [task] = await this.host.rows<{ id: number }>('userDataSyncTasks', { order: [['id', 'DESC']], limit: 1 });
    return this.ended(task.id);
  }

  private async ended(taskId: number | string): Promise<TaskRow> {
    const task = await waitForTask(this.host, taskId);
    await this.host.plugin.syncService.whenIdle();
    return task;
  }
}
