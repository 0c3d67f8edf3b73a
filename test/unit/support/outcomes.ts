import type { Outcome } from '../../../src/server/model/outcome';
import type { TargetPlan } from '../../../src/server/pipeline/contracts';

/** What became of each record: its action, or the code with which it failed. */
export function outcomesByUid({ outcomes }: Pick<TargetPlan, 'outcomes'>): Record<string, string> {
  return Object.fromEntries(outcomes.map(({ uid, action, code }) => [uid, code ?? action]));
}

/** Records that wait for the rest of the delivery. */
export function deferredUids({ deferred }: Pick<TargetPlan, 'deferred'>): string[] {
  return deferred.map(({ record }) => record.uid);
}

export function warningsOf({ warnings }: Pick<TargetPlan, 'warnings'>): string[][] {
  return warnings.map(({ uid, code }) => [uid, code]);
}

/** An outcome without what is not asked for. */
export function outcomeOf({ outcomes }: Pick<TargetPlan, 'outcomes'>, uid: string): Outcome | undefined {
  return outcomes.find((outcome) => outcome.uid === uid);
}
