import { Flex, Switch, Typography, type TableColumnsType } from 'antd';
import { API_SOURCE_NAME } from '../../../common/sources';
import type { Source, SourceType } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { LongText } from '../parts/LongText';
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

/** The columns of the list of sources. */
export function useSourceColumns({ types, attempt, onEdit, onShow, onDelete }: ColumnDeps): TableColumnsType<Source> {
  const { api, t, openTask } = usePage();
  const typeOf = (source: Source) => types.find(({ name }) => name === source.sourceType);
  return [
    {
      title: t('Name'),
      key: 'name',
      width: '24%',
      render: (_, source) => (
        <>
          <LongText>
            <Typography.Text strong>{sourceTitle(source, t)}</Typography.Text>
          </LongText>
          {source.displayName && (
            <LongText>
              <Typography.Text type="secondary">{source.name}</Typography.Text>
            </LongText>
          )}
        </>
      ),
    },
    {
      title: t('Type'),
      key: 'type',
      width: '15%',
      render: (_, source) => {
        const type = typeOf(source);
        if (type) return typeTitle(type, t);
        return <Typography.Text type="warning">{t('{{type}} (unknown)', { type: source.sourceType })}</Typography.Text>;
      },
    },
    {
      title: t('Enabled'),
      key: 'enabled',
      width: 92,
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
      width: '26%',
      render: (_, source) => (
        <Flex gap="4px 12px" wrap>
          {source.enabled && typeOf(source)?.isPullable && (
            <ActionLink
              label={t('Sync')}
              of={sourceTitle(source, t)}
              disabled={isBusy(source)}
              onClick={() => void attempt(() => api.sync(source.name))}
            />
          )}
          {source.enabled && typeOf(source)?.isPullable && (
            <ActionLink
              label={t('Preview')}
              of={sourceTitle(source, t)}
              disabled={isBusy(source)}
              onClick={() => void attempt(async () => openTask(await api.preview(source.name)))}
            />
          )}
          <ActionLink label={t('Tasks')} of={sourceTitle(source, t)} onClick={() => onShow(source)} />
          <ActionLink
            label={t('Configure')}
            of={sourceTitle(source, t)}
            onClick={() => onEdit({ type: typeOf(source), source })}
          />
          {source.name !== API_SOURCE_NAME && (
            <ActionLink label={t('Delete')} of={sourceTitle(source, t)} danger onClick={() => onDelete(source)} />
          )}
        </Flex>
      ),
    },
  ];
}
