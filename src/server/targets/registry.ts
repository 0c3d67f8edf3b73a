import { Toposort, type ToposortOptions } from '@nocobase/utils';
import { dependenciesOf, type SyncTarget } from '../pipeline/contracts';
import type { SyncDataType } from '../records/types';

/** The targets of an application, in the order in which they are written. */
export class TargetRegistry {
  private readonly sorted = new Toposort<SyncTarget>();

  /**
   * Adds a target; `before` and `after` name others. The first of a name stays: gives back whether the target was added.
   */
  register(target: SyncTarget, options?: ToposortOptions): boolean {
    if (this.sorted.nodes.some(({ name }) => name === target.name)) return false;
    const before = [options?.before ?? []].flat();
    // Who asks to come before a target comes before it, whatever it would depend on otherwise.
    const dependencies = target.accepts
      .flatMap((dataType) => [...dependenciesOf(target, dataType)])
      .filter((name) => name !== target.name && !before.includes(name));
    const after = [...new Set([...dependencies, ...[options?.after ?? []].flat()])];
    this.sorted.add(target, { tag: target.name, ...options, ...(after.length > 0 ? { after } : {}) });
    return true;
  }

  /** Active targets that take this type of data. */
  accepting(dataType: SyncDataType): SyncTarget[] {
    return this.sorted.nodes.filter((target) => target.accepts.includes(dataType) && (target.isActive?.() ?? true));
  }
}
