import { Collapse } from 'antd';
import { usePage } from '../../page-context';
import { LimitFields } from './LimitFields';
import { ProtectionFields } from './ProtectionFields';
import { RemovalFields } from './RemovalFields';
import { ScopeFields } from './ScopeFields';

interface RulesSectionProps {
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** What becomes of what is missing, and which records of the source count: folded up, since the defaults are good. */
export function RulesSection({ open, onToggle }: RulesSectionProps) {
  const { t } = usePage();
  return (
    <Collapse
      style={{ marginTop: 16 }}
      activeKey={open ? ['rules'] : []}
      onChange={(keys) => onToggle(keys.length > 0)}
      items={[
        {
          key: 'rules',
          label: t('Removals, limits and scope'),
          children: (
            <>
              <RemovalFields />
              <LimitFields />
              <ScopeFields />
              <ProtectionFields />
            </>
          ),
        },
      ]}
    />
  );
}
