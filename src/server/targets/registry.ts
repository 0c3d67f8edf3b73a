import { Toposort, type ToposortOptions } from '@nocobase/utils';
import type { SyncDataType } from '../../common/records';
import { dependenciesOf, type SyncTarget } from '../pipeline/contracts';
import type { Targets } from '../pipeline/deciding-targets';

/** The targets of an application, in the order in which they are written. */
export class TargetRegistry implements Targets {
  private readonly sorted = new Toposort<SyncTarget>();

  /**
   * Adds a target; `before` and `after` name others. The first of a name stays: gives back whether the target was added.
   */
  register(target: SyncTarget, options?: ToposortOptions): boolean {
    if (this.sorted.nodes.some(({ name }) => name === target.name)) return false;
    const before = [options?.before ?? []].flat();
    // A target that asks to come before another does so, even if it would depend on it otherwise.
    const dependencies = target.accepts
      .flatMap((dataType) => [...dependenciesOf(target, dataType)])
      .filter((name) => name !== target.name && !before.includes(name));
    const named = [...dependencies, ...[options?.after ?? []].flat()];
    const sharing = this.sorted.nodes.filter(({ linkResource = '' }) => named.includes(linkResource));
    const after = [...new Set([...named, ...sharing.map(({ name }) => name)])];
    this.sorted.add(target, { tag: target.name, ...options, ...(after.length > 0 ? { after } : {}) });
    return true;
  }

  accepting(dataType: SyncDataType): SyncTarget[] {
    return this.active().filter((target) => target.accepts.includes(dataType));
  }

  active(): SyncTarget[] {
    return this.sorted.nodes.filter((target) => target.isActive?.() ?? true);
  }
}
