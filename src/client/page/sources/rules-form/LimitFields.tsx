import { Flex, Typography } from 'antd';
import { usePage } from '../../page-context';
import { NumberField } from '../../parts/NumberField';
import type { RecordKind, RemovalLimit } from '../rules';

/** So much may go in one run without asking. */
export function LimitFields() {
  const { t } = usePage();
  return (
    <>
      <Typography.Title level={5}>{t('Hold a run when more would go than')}</Typography.Title>
      <Typography.Paragraph type="secondary">
        {t(
          'Such a run writes nothing until somebody approves it. By default: 500, or 20 % of what the source has brought in. The percentage counts once that is at least 50. An empty full delivery is always held.',
        )}
      </Typography.Paragraph>
      <Flex gap="0 16px" wrap>
        <LimitField kind="users" part="count" label={t('Users, at most')} />
        <LimitField kind="users" part="percent" label={t('Users, percent')} />
      </Flex>
      <Flex gap="0 16px" wrap>
        <LimitField kind="departments" part="count" label={t('Departments, at most')} />
        <LimitField kind="departments" part="percent" label={t('Departments, percent')} />
      </Flex>
    </>
  );
}

/** The server has the same. */
const MAX_COUNT = 10_000_000;

interface LimitFieldProps {
  readonly kind: RecordKind;
  readonly part: keyof RemovalLimit;
  readonly label: string;
}

function LimitField({ kind, part, label }: LimitFieldProps) {
  const percent = part === 'percent';
  return (
    <NumberField
      name={['rules', 'limits', kind, part]}
      label={label}
      style={{ flex: '1 1 140px' }}
      min={0}
      max={percent ? 100 : MAX_COUNT}
      fraction={percent}
      addonAfter={percent ? '%' : undefined}
    />
  );
}
