import { Flex, Typography } from 'antd';
import { MAX_LIMIT, type RemovalLimit, type RemovalLimits } from '../../../../common/rules';
import { usePage } from '../../page-context';
import { FormHeading } from '../../parts/FormHeading';
import { NumberField } from '../../parts/NumberField';

/** So much may be removed without asking. */
export function LimitFields() {
  const { t } = usePage();
  return (
    <>
      <FormHeading>{t('Require approval when a run would remove more than')}</FormHeading>
      <Typography.Paragraph type="secondary">
        {t(
          'Nothing is written until the run is approved. Removals of the last 24 hours (or the period in the settings) also count, unless they were approved. Five removals are always allowed, unless the limit is a lower number. An empty full delivery always needs approval.',
        )}
      </Typography.Paragraph>
      <Flex gap="0 16px" wrap>
        <LimitField kind="users" part="count" label={t('Users (number)')} />
        <LimitField kind="users" part="percent" label={t('Users (%)')} />
      </Flex>
      <Flex gap="0 16px" wrap>
        <LimitField kind="departments" part="count" label={t('Departments (number)')} />
        <LimitField kind="departments" part="percent" label={t('Departments (%)')} />
      </Flex>
      <Flex gap="0 16px" wrap>
        <LimitField kind="adopted" part="count" label={t('Users that existed before the source (number)')} />
        <LimitField kind="adopted" part="percent" label={t('Users that existed before the source (%)')} />
      </Flex>
    </>
  );
}

interface LimitFieldProps {
  readonly kind: keyof RemovalLimits;
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
      max={MAX_LIMIT[part]}
      fraction={percent}
      addonAfter={percent ? '%' : undefined}
    />
  );
}
