import { Button, Empty, Flex, Typography } from 'antd';
import { useState } from 'react';
import { DATA_TYPES, type SyncDataType } from '../../../common/records';
import type { Change, ChangeSearch } from '../model';
import { usePage } from '../page-context';
import { LongText } from '../parts/LongText';
import { SearchBox } from '../parts/SearchBox';
import { useLoad } from '../use-load';
import { ChangesTable } from './ChangesTable';

/** One person or department, whose name is known. */
interface Narrowed {
  readonly rowId: string;
  readonly dataType?: SyncDataType;
  readonly name: string;
}

/** What runs did to a person or a department: which value changed when, and by which run. */
export function ChangesTab() {
  const { t, address, goTo } = usePage();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const { search = '', row } = address;
  const only: Narrowed | undefined =
    row === undefined
      ? undefined
      : { rowId: row, dataType: DATA_TYPES.find((type) => type === address.dataType), name: names.get(row) ?? row };
  const wanted: ChangeSearch | undefined = only ? pick(only) : search ? { search } : undefined;
  const narrow = ({ rowId, dataType, name, uid }: Change) => {
    if (rowId === null) return;
    setNames(new Map(names).set(rowId, name || uid));
    goTo({ row: rowId, dataType: dataType ?? undefined });
  };
  return (
    <>
      <Flex gap={8} wrap align="center" style={{ marginBottom: 16 }}>
        <SearchBox
          label={t('Search by uid or name')}
          value={search}
          onSearch={(text) => goTo({ search: text, row: undefined, dataType: undefined })}
        />
        {only && (
          <>
            <LongText>
              <Typography.Text strong>{t('Only {{name}}', { name: only.name })}</Typography.Text>
            </LongText>
            {/* What was pressed goes with the table that it stood in. */}
            <Button autoFocus onClick={() => goTo({ row: undefined, dataType: undefined })}>
              {t('Show all')}
            </Button>
          </>
        )}
      </Flex>
      {wanted ? <ChangesTable key={JSON.stringify(wanted)} wanted={wanted} onNarrow={narrow} /> : <Explanation />}
    </>
  );
}

const pick = ({ rowId, dataType }: Narrowed): ChangeSearch => ({ rowId, ...(dataType ? { dataType } : {}) });

/** What can be found here, and how far back. */
function Explanation() {
  const { api, t } = usePage();
  const { data } = useLoad(() => api.settings(), 'settings');
  const what = t('Search for a person or a department to see what changed, when, and by which run.');
  const kept = data && t('Changes are kept for {{days}} days.', { days: data.outcomeDays });
  return <Empty description={[what, kept].filter(Boolean).join(' ')} />;
}
