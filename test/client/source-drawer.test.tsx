import { screen, waitFor, within } from '@testing-library/react';
import { Form, Input } from 'antd';
import { useImperativeHandle } from 'react';
import type { ForeignForm, FormSurroundingsProps } from '../../src/client/page/host';
import { SourceTypeRegistry, type SourceOptions } from '../../src/client/page/source-type-registry';
import { FakeServer, Refusal } from './support/fake-server';
import { PUSH_URL, showPage } from './support/page';
import { apiSource, apiType, fileType, source } from './support/rows';

const CREATE = 'userDataSyncSources:create';
const UPDATE = 'userDataSyncSources:update';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [apiType, fileType];
});

function typesWith(components: SourceOptions['components']): SourceTypeRegistry {
  const types = new SourceTypeRegistry();
  types.register('file', { components });
  return types;
}

function UrlForm() {
  return (
    <Form.Item name={['options', 'url']} label="Address">
      <Input />
    </Form.Item>
  );
}

const fileForm = () =>
  typesWith({ AdminSettingsFormLoader: () => import('../../src/client/forms/file-source/FileSourceForm') });

async function openNew(host: Parameters<typeof showPage>[0] = {}) {
  const page = showPage({ server, ...host });
  const add = await screen.findByRole('button', { name: 'Add new' });
  await waitFor(() => expect(add).toBeEnabled());
  await page.user.click(add);
  const item = await screen.findByRole('menuitem', { name: 'CSV or JSON file' });
  // In its fourth frame the menu takes the focus, wherever that has gone by then.
  for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
  await page.user.click(item);
  return { ...page, add, drawer: within(await screen.findByRole('dialog', { name: 'Add source' })) };
}

async function openExisting(host: Parameters<typeof showPage>[0] = {}) {
  const page = showPage({ server, ...host });
  const configure = await screen.findByRole('button', { name: /^Configure/ });
  await page.user.click(configure);
  return { ...page, configure, drawer: within(await screen.findByRole('dialog', { name: /^Configure/ })) };
}

describe('a new source', () => {
  it('is created with what was filled in, and the drawer goes', async () => {
    const { user, drawer } = await openNew({ types: typesWith({ AdminSettingsForm: UrlForm }) });
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.type(drawer.getByRole('textbox', { name: 'Address' }), 'x:1');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(server.lastCallTo(CREATE).data).toMatchObject({
      name: 'hr',
      sourceType: 'file',
      enabled: true,
      options: { url: 'x:1' },
    });
  });

  it('says at the name why it is refused', async () => {
    const reason = 'The name "hr" can be taken for that of the source "HR".';
    server.refuse(CREATE, new Refusal(reason, 'SOURCE_NAME_SIMILAR'));
    const { user, drawer } = await openNew();
    const name = drawer.getByRole('textbox', { name: 'Name' });
    await user.type(name, 'hr');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(name).toBeInvalid());
    await waitFor(() => expect(name).toHaveAccessibleDescription(expect.stringContaining(reason)));
    expect(name).toHaveFocus();
  });

  it('needs a name', async () => {
    const { user, drawer } = await openNew();
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Enter a name for the source.'));
    expect(drawer.getByRole('textbox', { name: 'Name' })).toBeInvalid();
    expect(server.callsTo(CREATE)).toEqual([]);
  });

  it('loses nothing when the server refuses it, and says why', async () => {
    server.refuse(CREATE, new Refusal('There is a source "hr" already.'));
    const { user, drawer } = await openNew();
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    expect(await drawer.findByRole('alert')).toHaveTextContent('There is a source "hr" already.');
    expect(drawer.getByRole('textbox', { name: 'Name' })).toHaveValue('hr');
    expect(drawer.getByRole('button', { name: /Save/ })).toBeEnabled();
  });

  it('begins with the focus in its name, and gives the focus back to the button that opened it', async () => {
    const { user, add, drawer } = await openNew();
    await waitFor(() => expect(drawer.getByRole('textbox', { name: 'Name' })).toHaveFocus());
    await user.click(drawer.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(add).toHaveFocus());
    expect(server.callsTo(CREATE)).toEqual([]);
  });
});

describe('a source that is there', () => {
  it('keeps its name and type, and whatever its form does not know', async () => {
    server.sources = [source({ options: { url: 'old', other: 1 } })];
    const { user, drawer } = await openExisting({ types: typesWith({ AdminSettingsForm: UrlForm }) });
    expect(drawer.getByRole('textbox', { name: 'Name' })).toBeDisabled();
    expect(drawer.getByRole('textbox', { name: 'Type' })).toBeDisabled();
    const address = drawer.getByRole('textbox', { name: 'Address' });
    expect(address).toHaveValue('old');
    await user.clear(address);
    await user.type(address, 'new');
    await user.type(drawer.getByRole('textbox', { name: 'Display name' }), 'HR');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(server.lastCallTo(UPDATE)).toMatchObject({
      params: { filterByTk: 2 },
      data: { displayName: 'HR', enabled: true, options: { url: 'new', other: 1 } },
    });
  });

  it('takes the focus into the drawer, and gives it back when that is closed', async () => {
    server.sources = [source()];
    const { user, configure } = await openExisting();
    const dialog = screen.getByRole('dialog', { name: 'Configure hr' });
    await waitFor(() => expect(dialog).toHaveFocus());
    await user.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(configure).toHaveFocus());
  });

  it('tells which secrets are set and sends none that was not typed', async () => {
    server.sources = [source({ options: { url: 'x' }, secretsSet: ['bindPassword', 'token'] })];
    const { user, drawer } = await openExisting({ types: typesWith({ AdminSettingsForm: UrlForm }) });
    expect(drawer.getByRole('note')).toHaveTextContent('Already set, but not shown: bindPassword, token.');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toHaveProperty('options', { url: 'x' });
  });

  it('of an unknown type says so, and its options are not touched', async () => {
    server.sources = [source({ sourceType: 'ldap', options: { url: 'x' } })];
    const { user, drawer } = await openExisting();
    expect(drawer.getByRole('note')).toHaveTextContent('The type "ldap" is not available.');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).not.toHaveProperty('options');
  });
});

describe('Test connection', () => {
  it('tries what stands in the form and says what was found', async () => {
    const { user, drawer } = await openNew({ types: typesWith({ AdminSettingsForm: UrlForm }) });
    await user.type(drawer.getByRole('textbox', { name: 'Address' }), 'x');
    await user.click(drawer.getByRole('button', { name: 'Test connection' }));
    expect(await screen.findByText('Connection works: 12 users')).toHaveAttribute('role', 'status');
    expect(server.lastCallTo('userData:testConnection').data).toMatchObject({
      sourceType: 'file',
      options: { url: 'x' },
    });
  });

  it('says what is wrong', async () => {
    server.refuse('userData:testConnection', new Refusal('hr.csv was not found.'));
    const { user, drawer } = await openNew();
    await user.click(drawer.getByRole('button', { name: 'Test connection' }));
    expect(await drawer.findByRole('alert')).toHaveTextContent('hr.csv was not found.');
  });
});

describe('the form of a type', () => {
  it('that breaks leaves the rest usable, and the settings as they are', async () => {
    const complain = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    server.sources = [source({ options: { url: 'x' } })];
    const Broken = () => {
      throw new Error('No such field');
    };
    const { user, drawer } = await openExisting({ types: typesWith({ AdminSettingsForm: Broken }) });
    expect(await drawer.findByRole('alert')).toHaveTextContent(/could not be shown\. .* Reload the page\./);
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toHaveProperty('options', { url: 'x' });
    complain.mockRestore();
  });

  it('that keeps its values itself says whether they are right, and what becomes of the options', async () => {
    const asked: string[] = [];
    const answers = [false, true, true];
    const answer = (question: string) => async () => {
      asked.push(question);
      return answers.shift() ?? true;
    };
    const foreign: ForeignForm = {
      applyTo: (options) => ({ ...options, server: 'ldap' }),
      validate: answer('validate'),
      submit: answer('submit'),
    };
    const Surroundings = ({ foreignForm, children }: FormSurroundingsProps) => {
      useImperativeHandle(foreignForm, () => foreign);
      return children;
    };
    const { user, drawer } = await openNew({
      types: typesWith({ AdminSettingsForm: UrlForm }),
      FormSurroundings: Surroundings,
    });
    const save = drawer.getByRole('button', { name: 'Save' });
    await user.click(save);
    await waitFor(() => expect(drawer.getByRole('textbox', { name: 'Name' })).toBeInvalid());
    expect(asked).toEqual(['validate']);
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.click(drawer.getByRole('button', { name: 'Test connection' }));
    await waitFor(() => expect(server.callsTo('userData:testConnection')).toHaveLength(1));
    expect(server.lastCallTo('userData:testConnection').data).toHaveProperty('options', { server: 'ldap' });
    await user.click(save);
    await waitFor(() => expect(server.callsTo(CREATE)).toHaveLength(1));
    expect(asked).toEqual(['validate', 'validate', 'submit']);
    expect(server.lastCallTo(CREATE).data).toHaveProperty('options', { server: 'ldap' });
  });

  it.each(['Save', 'Test connection'])(
    'that keeps its values itself and has one that is wrong stops %s',
    async (name) => {
      const wrong = jest.fn(async () => false);
      const Surroundings = ({ foreignForm, children }: FormSurroundingsProps) => {
        useImperativeHandle(foreignForm, () => ({ applyTo: (options) => options, validate: wrong, submit: wrong }));
        return children;
      };
      server.sources = [source()];
      const { user, drawer } = await openExisting({
        types: typesWith({ AdminSettingsForm: UrlForm }),
        FormSurroundings: Surroundings,
      });
      await user.click(drawer.getByRole('button', { name }));
      await waitFor(() => expect(wrong).toHaveBeenCalledTimes(1));
      await waitFor(() => expect(drawer.getByRole('button', { name: 'Test connection' })).toBeEnabled());
      expect(server.callsTo(UPDATE)).toEqual([]);
      expect(server.callsTo('userData:testConnection')).toEqual([]);
    },
  );

  const RequiredForm = () => (
    <Form.Item name={['options', 'token']} label="Token" rules={[{ required: true, message: 'Give the token.' }]}>
      <Input />
    </Form.Item>
  );

  it.each(['Save', 'Test connection'])('keeps %s from being of use until its fields are right', async (name) => {
    const { user, drawer } = await openNew({ types: typesWith({ AdminSettingsForm: RequiredForm }) });
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.click(drawer.getByRole('button', { name }));
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Give the token.'));
    expect(server.callsTo(CREATE)).toEqual([]);
    expect(server.callsTo('userData:testConnection')).toEqual([]);
  });

  it.each(['Save', 'Test connection'])(
    'may require a secret that is stored: %s does not ask for it again',
    async (name) => {
      server.sources = [source({ options: { url: 'x' }, secretsSet: ['token'] })];
      const { user, drawer } = await openExisting({ types: typesWith({ AdminSettingsForm: RequiredForm }) });
      await user.click(drawer.getByRole('button', { name }));
      const action = name === 'Save' ? UPDATE : 'userData:testConnection';
      await waitFor(() => expect(server.callsTo(action)).toHaveLength(1));
      expect(server.lastCallTo(action).data).toHaveProperty('options', { url: 'x' });
      expect(screen.queryByText('Give the token.')).not.toBeInTheDocument();
    },
  );

  it.each([
    ['new', undefined, { kind: 'b' }],
    ['there', { kind: 'a', a: 'stored', list: { unknown: 1 } }, { kind: 'b', a: 'stored', list: { unknown: 1 } }],
  ])('does not store what was typed into a field that has gone, in a source that is %s', async (_, stored, sent) => {
    const Choosing = () => {
      const form = Form.useFormInstance();
      const kind = Form.useWatch<string>(['options', 'kind'], form);
      return (
        <>
          <Form.Item name={['options', 'kind']} label="Kind">
            <Input />
          </Form.Item>
          {kind !== 'b' && (
            <Form.Item name={['options', 'a']} label="Only for a">
              <Input />
            </Form.Item>
          )}
          <Form.Item name={['options', 'list', 'known']} label="Known">
            <Input />
          </Form.Item>
        </>
      );
    };
    const types = typesWith({ AdminSettingsForm: Choosing });
    if (stored) server.sources = [source({ options: stored })];
    const { user, drawer } = await (stored ? openExisting({ types }) : openNew({ types }));
    if (!stored) await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.type(drawer.getByRole('textbox', { name: 'Only for a' }), 'typed');
    await user.clear(drawer.getByRole('textbox', { name: 'Kind' }));
    await user.type(drawer.getByRole('textbox', { name: 'Kind' }), 'b');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    const action = stored ? UPDATE : CREATE;
    await waitFor(() => expect(server.callsTo(action)).toHaveLength(1));
    expect(JSON.parse(JSON.stringify(server.lastCallTo(action).data))).toHaveProperty('options', sent);
  });

  it('cannot be saved before it is there', async () => {
    let arrive = (_: { default: typeof UrlForm }) => {};
    const AdminSettingsFormLoader = () => new Promise<{ default: typeof UrlForm }>((resolve) => (arrive = resolve));
    const { drawer } = await openNew({ types: typesWith({ AdminSettingsFormLoader }) });
    expect(drawer.getByRole('button', { name: 'Save' })).toBeDisabled();
    expect(drawer.getByRole('button', { name: 'Test connection' })).toBeDisabled();
    arrive({ default: UrlForm });
    expect(await drawer.findByRole('textbox', { name: 'Address' })).toBeInTheDocument();
    expect(drawer.getByRole('button', { name: 'Save' })).toBeEnabled();
    expect(drawer.getByRole('button', { name: 'Test connection' })).toBeEnabled();
  });

  it('finds the name and the type of its source in the form around it', async () => {
    server.sources = [source({ options: { url: 'x' } })];
    const Watching = () => {
      const form = Form.useFormInstance();
      const name = Form.useWatch<string>('name', form);
      const type = Form.useWatch<string>('sourceType', form);
      return (
        <p>
          {name} of {type}
        </p>
      );
    };
    const { drawer } = await openExisting({ types: typesWith({ AdminSettingsForm: Watching }) });
    expect(await drawer.findByText('hr of file')).toBeInTheDocument();
  });
});

describe('the form of files', () => {
  it('is loaded when it is needed and takes paths, columns and the match key', async () => {
    const { user, drawer } = await openNew({ types: fileForm() });
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    await user.type(await drawer.findByRole('textbox', { name: 'Path, Users' }), 'hr.csv');
    const addColumn = drawer.getByRole('button', { name: 'Add column, Users' });
    await user.click(addColumn);
    await user.type(drawer.getByRole('textbox', { name: 'Header 1, Users' }), 'Mail');
    await user.click(drawer.getByRole('combobox', { name: 'Field 1, Users' }));
    await user.click(await screen.findByTitle('Email (email)'));
    await user.click(addColumn);
    await user.click(drawer.getByRole('button', { name: /^Remove column 2/ }));
    await user.click(drawer.getByRole('radio', { name: 'Full list: missing records are removed' }));
    await user.click(drawer.getByRole('combobox', { name: 'Match key' }));
    await user.click((await screen.findAllByTitle('Username')).at(-1) as HTMLElement);
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(CREATE)).toHaveLength(1));
    expect(server.lastCallTo(CREATE).data).toMatchObject({
      options: { matchKey: 'username', mode: 'full', users: { path: 'hr.csv', mapping: { Mail: 'email' } } },
    });
  });
});

describe('what is in the file', () => {
  it.each([
    ['is what changed, unless somebody says otherwise', undefined, undefined, 'delta'],
    ['can be everything', undefined, 'Full list: missing records are removed', 'full'],
    ['stays what it was', 'full', undefined, 'full'],
    ['can be changed back', 'full', 'Only changed records', 'delta'],
  ])('%s', async (_, stored, choice, sent) => {
    server.sources = [source({ options: { users: { path: 'hr.csv' }, mode: stored } })];
    const { user, drawer } = await openExisting({ types: fileForm() });
    const radio = await drawer.findByRole('radio', { name: choice ?? (sent === 'full' ? /^Full/ : /^Only/) });
    if (choice) await user.click(radio);
    expect(radio).toBeChecked();
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toMatchObject({ options: { users: { path: 'hr.csv' }, mode: sent } });
  });
});

describe('an uploaded file', () => {
  /** jsdom's files cannot be read yet. */
  class ReadableFile extends File {
    constructor(
      private readonly content: Uint8Array<ArrayBuffer>,
      name: string,
    ) {
      super([content], name);
    }

    override async arrayBuffer(): Promise<ArrayBuffer> {
      return this.content.buffer;
    }
  }
  const bytesOf = (text: string, encoding: BufferEncoding = 'utf8') => Uint8Array.from(Buffer.from(text, encoding));

  /** Chooses a file for the users of a new source. */
  async function upload(content: Uint8Array<ArrayBuffer>, fileName: string) {
    const shown = await openNew({ types: fileForm() });
    const { user, drawer } = shown;
    await user.type(drawer.getByRole('textbox', { name: 'Name' }), 'hr');
    const [, users] = await drawer.findAllByRole('radio', { name: 'Uploaded file' });
    await user.click(users);
    const chooser = drawer.getByRole('button', { name: /^Choose a CSV or JSON file/ });
    const input = chooser.parentElement?.querySelector('input[type=file]') as HTMLInputElement;
    await user.upload(input, new ReadableFile(content, fileName));
    return shown;
  }

  it.each([
    ['Windows-1252', bytesOf('uid,nickname\n1,Ada\n2,J\xfcrgen\n', 'latin1'), 'line 3, column 4'],
    ['UTF-16', bytesOf('uid,nickname\n', 'utf16le'), 'line 1, column 1'],
  ])('in %s is refused with its place, and not read wrongly', async (_, content, place) => {
    const { user, drawer } = await upload(content, 'people.csv');
    expect(await drawer.findByRole('alert')).toHaveTextContent(`people.csv is not UTF-8: ${place}.`);
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(CREATE)).toHaveLength(1));
    expect(JSON.stringify(server.lastCallTo(CREATE).data)).not.toContain('nickname');
  });

  it.each([
    ['people.csv', 'csv', 'uid,nickname\n1,Ada\n'],
    ['people.json', 'json', '[{"uid": 1}]'],
  ])('%s is sent as its text, as %s', async (fileName, format, content) => {
    const { user, drawer } = await upload(bytesOf(content), fileName);
    expect(await drawer.findByText(`${fileName}, 1 kB`)).toBeInTheDocument();
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(CREATE)).toHaveLength(1));
    expect(server.lastCallTo(CREATE).data).toMatchObject({ options: { users: { text: content, format } } });
  });
});

describe('the HTTP API', () => {
  it.each([
    ['api', 'without its name, which goes without saying', false],
    ['payroll', 'with its name', true],
  ])('shows how to push to the source %s %s', async (name, _, isNamed) => {
    server.sources = [apiSource({ name })];
    const { drawer } = await openExisting();
    const panel = within(drawer.getByRole('note'));
    expect(drawer.getByRole('note')).toHaveTextContent(`curl -X POST ${PUSH_URL}`);
    expect((drawer.getByRole('note').textContent ?? '').includes(`"sourceName":"${name}"`)).toBe(isNamed);
    expect(panel.getByRole('link', { name: 'Create an API key' })).toHaveAttribute('href', '/admin/api-keys');
    expect(panel.getByRole('button', { name: 'Copy the address' })).toBeInTheDocument();
    expect(panel.getByRole('button', { name: 'Copy the command' })).toBeInTheDocument();
  });
});
