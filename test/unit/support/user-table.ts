import type { DisableCause } from '../../../src/common/outcomes';
import type { Link } from '../../../src/server/model/link';
import type { UserRecord } from '../../../src/server/model/records';
import type { TrackedRecord } from '../../../src/server/model/tracked-record';
import type { UserClaim, UserPlan, UserRow, UserSnapshot } from '../../../src/server/targets/users/types';
import { SOURCE } from './chunk';
import { recordId } from './records';

/** The unique fields. */
const FIELDS = ['username', 'email'] as const;

type Row = Record<string, unknown> & { id: string };

/** A users table, its links and who is disabled, in memory: a snapshot can be taken of it, and a plan be written to it. */
export class UserTable {
  readonly rows: Map<string, Row>;
  readonly disabled = new Map<string, DisableCause>();
  /** Links of the records of `SOURCE`, by uid. */
  readonly links = new Map<string, Link[]>();

  constructor(rows: readonly Row[] = []) {
    this.rows = new Map(rows.map((row) => [row.id, { ...row }]));
  }

  /** Records with the links that they have by now. */
  track(records: readonly TrackedRecord<UserRecord>[]): TrackedRecord<UserRecord>[] {
    return records.map((tracked) => ({ ...tracked, links: this.links.get(tracked.record.uid) ?? [] }));
  }

  snapshot(matchKey?: string): UserSnapshot {
    const rows = [...this.rows.values()].map((row): UserRow => ({ ...row }));
    return snapshotOf({
      linked: byColumn(rows, 'id'),
      matched: matchKey === undefined ? new Map() : byColumn(rows, matchKey),
      holders: new Map(FIELDS.map((field) => [field, holdersOf(rows, field)])),
      claims: this.claims(),
      disabled: new Map(this.disabled),
    });
  }

  /** Writes a plan; throws where the database would. */
  write(plan: UserPlan): void {
    for (const { row } of plan.deletes) this.rows.delete(String(row.id));
    const obsolete = new Set(plan.obsoleteLinkIds);
    const reactivated = new Set(plan.updates.flatMap(({ reactivatedLinkIds }) => reactivatedLinkIds));
    for (const [uid, links] of this.links)
      this.links.set(
        uid,
        links
          .filter(({ id }) => !obsolete.has(id))
          .map((link) => ({
            ...link,
            inactive: plan.deactivatedLinkIds.includes(link.id) || (link.inactive && !reactivated.has(link.id)),
          })),
      );
    for (const [field, ids] of plan.releases) for (const id of ids) this.set(String(id), { [field]: null });
    for (const { row, values } of plan.updates) this.set(String(row.id), values);
    for (const { row } of plan.disables) this.disabled.set(String(row.id), 'sync');
    for (const { row, isEnabled } of plan.updates) if (isEnabled) this.disabled.delete(String(row.id));
    for (const { tracked, values } of plan.creates) {
      const id = `new-${tracked.record.uid}`;
      this.rows.set(id, { id });
      this.set(id, values);
      this.link(tracked.record.uid, id, false);
    }
    for (const { tracked, row, newLink } of plan.updates)
      if (newLink) this.link(tracked.record.uid, String(row.id), newLink.adopted);
  }

  link(uid: string, rowId: string, adopted: boolean): void {
    const link = { id: `link:${uid}:users:${rowId}`, resource: 'users', resourcePk: rowId, adopted, inactive: false };
    this.links.set(uid, [...(this.links.get(uid) ?? []), link]);
  }

  private set(id: string, values: Readonly<Record<string, unknown>>): void {
    const row = this.rows.get(id);
    if (!row) throw new Error(`There is no user ${id}`);
    Object.assign(row, values);
    for (const field of FIELDS) {
      const value = values[field];
      if (typeof value !== 'string') continue;
      for (const other of this.rows.values())
        if (other.id !== id && other[field] === value) throw new Error(`${field} ${value}: ${other.id} and ${id}`);
    }
  }

  private claims(): Map<string, UserClaim[]> {
    const claims = new Map<string, UserClaim[]>();
    for (const [uid, links] of this.links)
      for (const { id, resourcePk, adopted, inactive } of links)
        claims.set(resourcePk, [
          ...(claims.get(resourcePk) ?? []),
          { linkId: id, recordId: recordId(uid), inactive, adopted, sourceName: SOURCE, uid },
        ]);
    return claims;
  }
}

/** What the database says, as far as a test cares; nothing else is there. */
export function snapshotOf(known: Partial<UserSnapshot>): UserSnapshot {
  return {
    linked: new Map(),
    matched: new Map(),
    holders: new Map(),
    protectedUsers: new Map(),
    claims: new Map(),
    weighed: new Map(),
    dependents: new Map(),
    disabled: new Map(),
    remaining: null,
    ...known,
  };
}

function byColumn(rows: readonly UserRow[], column: string): Map<string, UserRow> {
  return new Map(rows.flatMap((row) => (typeof row[column] === 'string' ? [[row[column], row] as const] : [])));
}

function holdersOf(rows: readonly UserRow[], field: string): Map<string, string> {
  return new Map([...byColumn(rows, field)].map(([value, { id }]) => [value, String(id)]));
}

/** A link of another source to a user. */
export function claimOf(sourceName: string, options: Partial<UserClaim> = {}): UserClaim {
  const uid = `${sourceName}-uid`;
  return {
    linkId: `link:${uid}`,
    recordId: recordId(uid),
    inactive: false,
    adopted: false,
    sourceName,
    uid,
    ...options,
  };
}
