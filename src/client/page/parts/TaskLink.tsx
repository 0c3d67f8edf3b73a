import type { Id } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from './ActionLink';

/** Leads to what happened in a run. */
export function TaskLink({ id }: { readonly id: Id }) {
  const { t, openTask } = usePage();
  return <ActionLink label={t('Task {{id}}', { id })} onClick={() => openTask(id)} />;
}
