import type { Link } from '../../../src/server/model/link';
import type { DepartmentRecord } from '../../../src/server/model/records';
import type { TrackedRecord } from '../../../src/server/model/tracked-record';
import type { DepartmentDependents, TreePlan, TreeSnapshot } from '../../../src/server/targets/departments/types';
import { linksOf, recordId } from './records';

interface Row {
  readonly title: string;
  readonly parentId: string | null;
  readonly isLeaf: boolean;
}

/** The departments of a source and those made by hand, in memory: a snapshot can be taken, and a plan be written. */
export class DepartmentTable {
  readonly rows = new Map<string, Row>();
  /** Paths as the host's path table has them, by the id of the department. */
  readonly paths = new Map<string, string>();
  private readonly links = new Map<string, readonly Link[]>();
  private lastId = 100;

  /**
   * @param stored departments of the source and made by hand, parents first: id → id of the parent. Those of the source
   * have the uid for an id; the ids of those made by hand begin with `hand`.
   */
  constructor(stored: Readonly<Record<string, string | null>> = {}) {
    for (const [id, parentId] of Object.entries(stored)) {
      this.rows.set(id, { title: id, parentId, isLeaf: !Object.values(stored).includes(id) });
      this.paths.set(id, `${parentId === null ? '' : (this.paths.get(parentId) ?? '')}/${id}`);
      if (isOwn(id)) this.links.set(id, linksOf(id, { [`departments:${id}`]: {} }));
    }
  }

  newId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  track(records: readonly TrackedRecord<DepartmentRecord>[]): TrackedRecord<DepartmentRecord>[] {
    return records.map((tracked) => ({ ...tracked, links: this.links.get(tracked.record.uid) ?? [] }));
  }

  snapshot(records: readonly TrackedRecord<DepartmentRecord>[] = []): TreeSnapshot {
    const removed = records
      .filter(({ record }) => record.isDeleted)
      .flatMap(({ record }) => this.idOf(record.uid) ?? []);
    const children = [...this.rows].filter(([, { parentId }]) => parentId !== null && removed.includes(parentId));
    const isOwnChild = ([id]: (typeof children)[number]) => this.uids().has(id);
    return {
      nodes: new Map([...this.rows].map(([id, { parentId, isLeaf }]) => [id, { parentId, isLeaf }])),
      usage: new Map(),
      linked: new Map([...this.rows].map(([id, { title }]) => [id, { id, title }])),
      parents: new Map([...this.uids()].map(([id, uid]) => [uid, id])),
      dependents: new Map(
        removed.map((id) => {
          const others = children.filter((child) => child[1].parentId === id && !isOwnChild(child)).length;
          return [id, dependentsOf(others > 0 ? { keptBy: { dependents: 'children', children: others } } : {})];
        }),
      ),
      ownChildren: new Map(children.filter(isOwnChild).map(([id]) => [id, recordId(this.uids().get(id) ?? '')])),
      uids: this.uids(),
    };
  }

  write(plan: TreePlan): void {
    for (const id of plan.deletedIds) {
      this.rows.delete(String(id));
      this.paths.delete(String(id));
    }
    for (const [uid, links] of this.links)
      this.links.set(
        uid,
        links.filter(({ id }) => !plan.obsoleteLinkIds.includes(id)),
      );
    for (const { id, values } of plan.updates) {
      const row = this.rows.get(String(id));
      if (!row) throw new Error(`There is no department ${id}`);
      this.rows.set(String(id), { ...row, ...values });
    }
    for (const { tracked, id, values } of plan.creates) {
      this.rows.set(String(id), values as unknown as Row);
      this.links.set(tracked.record.uid, linksOf(tracked.record.uid, { [`departments:${id}`]: {} }));
    }
    for (const { nodePk, path } of plan.paths) this.paths.set(nodePk, path);
  }

  /** Uids of the source's departments → the uid, or id, of the parent. */
  tree(): Record<string, string | null> {
    const uids = this.uids();
    const name = (id: string | null) => (id === null ? null : (uids.get(id) ?? id));
    const sorted = [...this.rows].sort(([a], [b]) => (uids.get(a) ?? a).localeCompare(uids.get(b) ?? b));
    return Object.fromEntries(sorted.map(([id, { parentId }]) => [uids.get(id) ?? id, name(parentId)]));
  }

  /** What is wrong with the rows: parents that do not exist, circles, leaves and paths that do not fit. */
  faults(): string[] {
    return [...this.rows].flatMap(([id, { parentId, isLeaf }]) => {
      const path: string[] = [];
      for (let at: string | null = id; at !== null && !path.includes(at); at = this.rows.get(at)?.parentId ?? null)
        path.unshift(at);
      const hasChildren = [...this.rows.values()].some((row) => row.parentId === id);
      return [
        ...(parentId !== null && !this.rows.has(parentId) ? [`${id} is below ${parentId}, which does not exist`] : []),
        ...(this.rows.get(path[0])?.parentId !== null ? [`${id} is on a circle, or below one`] : []),
        ...(isLeaf === hasChildren ? [`${id} is ${isLeaf ? 'a' : 'no'} leaf`] : []),
        ...(this.paths.get(id) === `/${path.join('/')}` ? [] : [`${id} has the path ${this.paths.get(id)}`]),
      ];
    });
  }

  private idOf(uid: string): string | undefined {
    return this.links.get(uid)?.[0]?.resourcePk;
  }

  /** Uids of the source's departments by id. */
  private uids(): Map<string, string> {
    return new Map([...this.links].flatMap(([uid, links]) => links.map((link) => [link.resourcePk, uid])));
  }
}

const isOwn = (id: string) => !id.startsWith('hand');

/** What depends on a department, as far as a test cares. */
export function dependentsOf(known: Partial<DepartmentDependents>): DepartmentDependents {
  return { isClaimedByOthers: false, keptBy: null, memberships: [], ...known };
}
