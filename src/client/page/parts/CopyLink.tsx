import { LinkOutlined } from '@ant-design/icons';
import { Typography } from 'antd';
import { usePage } from '../page-context';

/** Copies the address of what is shown. */
export function CopyLink() {
  const { t } = usePage();
  return (
    <Typography.Text
      copyable={{
        text: () => Promise.resolve(window.location.href),
        tooltips: [t('Copy link'), t('Link copied')],
        icon: <LinkOutlined aria-hidden />,
      }}
    />
  );
}
