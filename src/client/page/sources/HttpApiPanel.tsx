import { Alert, Typography } from 'antd';
import { API_SOURCE_NAME } from '../../../common/sources';
import { usePage } from '../page-context';

/** Shows an integrator how to push. */
export function HttpApiPanel({ sourceName }: { readonly sourceName: string }) {
  const { t, links, pushUrl } = usePage();
  const body = JSON.stringify({
    dataType: 'user',
    matchKey: 'email',
    ...(sourceName === API_SOURCE_NAME ? {} : { sourceName }),
    records: [{ uid: 'e-1', nickname: 'Ada Lovelace', email: 'ada@example.com' }],
  });
  const curl = [
    `curl -X POST ${pushUrl}`,
    `-H 'Authorization: Bearer <${t('API key')}>'`,
    `-H 'Content-Type: application/json'`,
    `-d '${body.replaceAll("'", `'\\''`)}'`,
  ].join(' \\\n  ');
  return (
    <Alert
      type="info"
      role="note"
      style={{ marginBottom: 16 }}
      message={t('Push users and departments to this address')}
      description={
        <>
          <Typography.Paragraph copyable={{ text: pushUrl, tooltips: [t('Copy the address'), t('Copied')] }} code>
            {pushUrl}
          </Typography.Paragraph>
          <Typography.Paragraph copyable={{ text: curl, tooltips: [t('Copy the command'), t('Copied')] }}>
            <pre style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: 0 }}>{curl}</pre>
          </Typography.Paragraph>
          <Typography.Paragraph>
            {t(
              'An API key of a role with the permission user-data-sync.push can push to the sources that list the role. It can also read the tasks and outcomes of its own pushes, and nothing else.',
            )}
          </Typography.Paragraph>
          <Typography.Link href={links.apiKeys}>{t('Create an API key')}</Typography.Link>
        </>
      }
    />
  );
}
