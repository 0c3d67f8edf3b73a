import type { Outcome } from '../model';
import { usePage } from '../page-context';
import { LongText } from './LongText';
import { reasonOf } from './reason';

/** Why a record failed, or what to know about it. */
export function ReasonText({ outcome }: { readonly outcome: Pick<Outcome, 'code' | 'params' | 'message'> }) {
  const { t } = usePage();
  return <LongText rows={6}>{reasonOf(outcome, t)}</LongText>;
}
