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
      <FormHeading>{t('Hold a run when more would go than')}</FormHeading>
      <Typography.Paragraph type="secondary">
        {t(
          'Such a run writes nothing until somebody approves it. What the source removed in the last 24 hours, or as long as the settings say, counts too, unless somebody approved it. Five are always allowed, unless the number is lower. An empty full delivery is always held.',
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
      <Flex gap="0 16px" wrap>
        <LimitField kind="adopted" part="count" label={t('Users who were there before the source, at most')} />
        <LimitField kind="adopted" part="percent" label={t('Users who were there before the source, percent')} />
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
