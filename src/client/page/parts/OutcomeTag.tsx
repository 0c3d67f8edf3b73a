import { Tag } from 'antd';
import type { Outcome } from '../model';
import { usePage } from '../page-context';

const colors: Record<Outcome['action'], string> = {
  created: 'green',
  linked: 'cyan',
  updated: 'blue',
  unlinked: 'default',
  deleted: 'volcano',
  failed: 'red',
};

/** What became of a record, in a word. */
export function OutcomeTag({ action }: Pick<Outcome, 'action'>) {
  const { t } = usePage();
  return <Tag color={colors[action]}>{t(`outcome.${action}`)}</Tag>;
}
