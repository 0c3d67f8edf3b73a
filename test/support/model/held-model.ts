import type { DataType, Delivery } from './action';

/** A run that waits for somebody to decide about it. */
export interface HeldRun {
  readonly taskId: number | string;
  readonly delivery: Delivery;
  /** When it came, by the count of deliveries. */
  readonly cameAt: number;
}

/** Which runs are held, and which of them have been overtaken by newer data of their source. */
export class HeldModel {
  private readonly runs: HeldRun[] = [];
  private readonly newest = new Map<string, number>();
  private clock = 0;

  at(number: number): HeldRun | undefined {
    return this.runs[number % this.runs.length];
  }

  /** Gives back those that wait for nothing any more, because this one is newer. */
  hold(taskId: number | string, delivery: Delivery): readonly HeldRun[] {
    const keys = new Set(keysOf(delivery));
    const older = this.runs.filter((run) => keysOf(run.delivery).some((key) => keys.has(key)));
    for (const run of older) this.remove(run);
    this.runs.push({ taskId, delivery, cameAt: (this.clock += 1) });
    return older;
  }

  /** A delivery that was not held. */
  deliver(delivery: Delivery): void {
    this.note(delivery, (this.clock += 1));
  }

  remove(run: HeldRun): void {
    this.runs.splice(this.runs.indexOf(run), 1);
  }

  /** A held run that was approved, and applied. */
  apply(run: HeldRun): void {
    this.remove(run);
    this.note(run.delivery, run.cameAt);
  }

  isOutdated({ delivery, cameAt }: HeldRun): boolean {
    return keysOf(delivery).some((key) => (this.newest.get(key) ?? 0) > cameAt);
  }

  private note(delivery: Delivery, time: number): void {
    for (const key of keysOf(delivery)) this.newest.set(key, Math.max(time, this.newest.get(key) ?? 0));
  }
}

const keysOf = ({ source, parts }: Delivery) => (Object.keys(parts) as DataType[]).map((type) => `${source} ${type}`);
