import type { RemovalPolicy } from '../../../common/rules';
import { reasonOf } from '../../errors';
import type { PrimaryKey } from '../../model/primary-key';
import type { TargetChunk } from '../../pipeline/contracts';

/** What a removal check is asked about. */
export interface RemovalQuestion {
  /** Primary keys of rows of the target that would be removed. */
  readonly rowIds: readonly PrimaryKey[];
  readonly sourceName: string;
  /** What would become of them. */
  readonly removal: RemovalPolicy;
}

/**
 * Says of which rows something still depends, and why: primary key → a reason for a person to read, for example
 * `3 open approvals`. Rows that are not in the answer may be removed. A check that throws keeps all rows that it was asked about.
 */
export type RemovalCheck = (
  question: RemovalQuestion,
) => Promise<ReadonlyMap<PrimaryKey, string>> | ReadonlyMap<PrimaryKey, string>;

/** The checks that plugins have registered, by target. */
export class RemovalChecks {
  private readonly checks = new Map<string, RemovalCheck[]>();

  register(target: string, check: RemovalCheck): void {
    this.checks.set(target, [...(this.checks.get(target) ?? []), check]);
  }

  /** Why rows must not be removed, by their id as text; the first reason that is found. */
  async reasons(
    target: 'users' | 'departments',
    rowIds: readonly PrimaryKey[],
    { sourceName, run: { removal } }: Pick<TargetChunk, 'sourceName' | 'run'>,
  ): Promise<Map<string, string>> {
    const reasons = new Map<string, string>();
    if (rowIds.length === 0 || removal[target] === 'keep') return reasons;
    for (const check of this.checks.get(target) ?? []) {
      const found = await ask(check, { rowIds, sourceName, removal });
      for (const [id, reason] of found) if (!reasons.has(String(id))) reasons.set(String(id), reason);
    }
    return reasons;
  }
}

/** A check that fails cannot say which rows are needed, so none of them is removed. */
async function ask(check: RemovalCheck, question: RemovalQuestion): Promise<ReadonlyMap<PrimaryKey, string>> {
  try {
    return await check(question);
  } catch (error) {
    const reason = reasonOf(error);
    return new Map(question.rowIds.map((id) => [id, reason]));
  }
}
