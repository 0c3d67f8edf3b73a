import { SettingOutlined } from '@ant-design/icons';
import { Button, Grid } from 'antd';
import { useState } from 'react';
import { usePage } from '../page-context';
import { SettingsDrawer } from './SettingsDrawer';

/** Opens what holds for all sources. */
export function SettingsButton() {
  const { t } = usePage();
  const [open, setOpen] = useState(false);
  const { md: wide } = Grid.useBreakpoint();
  return (
    <>
      <Button icon={<SettingOutlined aria-hidden />} aria-label={t('Settings')} onClick={() => setOpen(true)}>
        {wide && t('Settings')}
      </Button>
      {open && <SettingsDrawer onClose={() => setOpen(false)} />}
    </>
  );
}
