import type { Outcome } from '../model';
import { usePage } from '../page-context';
import { SignTag } from './SignTag';

const colors: Record<Outcome['action'], string> = {
  created: 'green',
  linked: 'cyan',
  updated: 'blue',
  enabled: 'green',
  disabled: 'orange',
  unlinked: 'default',
  deleted: 'volcano',
  failed: 'red',
};

interface OutcomeTagProps extends Pick<Outcome, 'action'> {
  /** Whether it says what would become of the record. */
  readonly planned?: boolean;
}

/** What became of a record, in a word or two. */
export function OutcomeTag({ action, planned }: OutcomeTagProps) {
  const { t } = usePage();
  return <SignTag color={colors[action]}>{t(`${planned ? 'would' : 'outcome'}.${action}`)}</SignTag>;
}
