import type { Outcome } from '../model';
import { usePage } from '../page-context';
import { reasonOf } from './reason';

/** Why a record failed, or what to know about it, in a cell that breaks its lines. */
export function ReasonText({ outcome }: { readonly outcome: Pick<Outcome, 'code' | 'params' | 'message'> }) {
  const { t } = usePage();
  return <div style={{ maxWidth: 360, whiteSpace: 'normal' }}>{reasonOf(outcome, t)}</div>;
}
