import { Flex, Switch, Typography, type TableColumnsType } from 'antd';
import { API_SOURCE_NAME } from '../../../common/sources';
import type { Source, SourceType } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { isBusy } from '../task-state';
import { LastRun } from './LastRun';
import type { EditedSource } from './SourceDrawer';
import { sourceTitle, typeTitle } from './titles';

interface ColumnDeps {
  readonly types: readonly SourceType[];
  readonly attempt: (work: () => Promise<unknown>) => Promise<void>;
  readonly onEdit: (edited: EditedSource) => void;
  readonly onShow: (source: Source) => void;
  readonly onDelete: (source: Source) => void;
}

/** In px. In a cell of a table that scrolls, longer words than the English ones would otherwise not wrap. */
const ACTIONS_WIDTH = 280;

/** The columns of the list of sources. */
export function useSourceColumns({ types, attempt, onEdit, onShow, onDelete }: ColumnDeps): TableColumnsType<Source> {
  const { api, t, openTask } = usePage();
  const typeOf = (source: Source) => types.find(({ name }) => name === source.sourceType);
  return [
    {
      title: t('Name'),
      key: 'name',
      render: (_, source) => (
        <Flex vertical>
          <Typography.Text strong>{sourceTitle(source, t)}</Typography.Text>
          {source.displayName && <Typography.Text type="secondary">{source.name}</Typography.Text>}
        </Flex>
      ),
    },
    {
      title: t('Type'),
      key: 'type',
      render: (_, source) => {
        const type = typeOf(source);
        if (type) return typeTitle(type, t);
        return <Typography.Text type="warning">{t('{{type}} (unknown)', { type: source.sourceType })}</Typography.Text>;
      },
    },
    {
      title: t('Enabled'),
      key: 'enabled',
      render: (_, source) => (
        <Switch
          checked={source.enabled}
          aria-label={t('Enabled: {{source}}', { source: sourceTitle(source, t) })}
          onChange={(enabled) => void attempt(() => api.updateSource(source.id, { enabled }))}
        />
      ),
    },
    { title: t('Last run'), key: 'lastRun', render: (_, source) => <LastRun source={source} /> },
    {
      title: t('Actions'),
      key: 'actions',
      render: (_, source) => (
        <Flex gap="4px 12px" wrap style={{ maxWidth: ACTIONS_WIDTH }}>
          {source.enabled && typeOf(source)?.isPullable && (
            <ActionLink
              label={t('Sync')}
              disabled={isBusy(source)}
              onClick={() => void attempt(() => api.sync(source.name))}
            />
          )}
          {source.enabled && typeOf(source)?.isPullable && (
            <ActionLink
              label={t('Preview')}
              disabled={isBusy(source)}
              onClick={() => void attempt(async () => openTask(await api.preview(source.name)))}
            />
          )}
          <ActionLink label={t('Tasks')} onClick={() => onShow(source)} />
          <ActionLink label={t('Configure')} onClick={() => onEdit({ type: typeOf(source), source })} />
          {source.name !== API_SOURCE_NAME && (
            <ActionLink label={t('Delete')} danger onClick={() => onDelete(source)} />
          )}
        </Flex>
      ),
    },
  ];
}
