import type { Locator } from 'playwright-core';
import { call, CLIENTS, describeInBrowser, storedOptions } from '../support/e2e/host';
import { enableStranger, removeStranger } from '../support/e2e/stranger';
import { Visitor } from '../support/e2e/visitor';

const REQUIRED = { legacy: 'The field value is required', modern: /^Give the (address|secret)\.$/ };

/** Written for NocoBase's own page, and knowing nothing of this one. */
describeInBrowser('the source plugin of somebody else', () => {
  beforeAll(enableStranger);
  afterAll(removeStranger);

  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    const isLegacy = client === 'legacy';
    const name = `stranger-${client}`;
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.arrive(one);
    });
    beforeEach(() => visitor.openSources());
    afterEach(() => expect(visitor.problems).toEqual([]));
    afterAll(() => visitor?.leave());

    /** A field with its label and its messages. */
    const item = (drawer: Locator, label: string) =>
      drawer
        .locator(isLegacy ? '.ant-formily-item' : '.ant-form-item')
        .filter({ has: visitor.page.locator('label').getByText(label, { exact: true }) });
    const input = (drawer: Locator, label: string) => item(drawer, label).locator('input');
    const choose = async (drawer: Locator, label: string, choice: string) => {
      await item(drawer, label).locator('.ant-select-selector').click();
      await visitor.page.locator('.ant-select-item-option').filter({ hasText: choice }).click();
    };
    const save = (drawer: Locator) => visitor.button('Save', drawer).click();
    const nickname = async () => {
      const users = await call<{ nickname: string }[]>(`users:list?filter=${JSON.stringify({ username: name })}`, {});
      return users.map((user) => user.nickname);
    };

    test('its form is whole, stops what is wrong, and saves exactly what is in it', async () => {
      const { page } = visitor;
      await page.getByRole('button', { name: 'Add new' }).click();
      await page.getByRole('menuitem', { name: 'Stranger' }).click();
      const adding = visitor.drawer('Add source');
      for (const label of ['Address', 'Secret', 'Whom to read']) await item(adding, label).waitFor();
      expect(await input(adding, 'Secret').getAttribute('type')).toBe('password');
      await adding.getByLabel('Name', { exact: true }).fill(name);
      await adding.getByText(`Callback of stranger: /api/stranger/${name}. ${isLegacy ? 'On' : 'Known'}.`).waitFor();

      await save(adding);
      for (const label of ['Address', 'Secret']) await item(adding, label).getByText(REQUIRED[client]).waitFor();
      await input(adding, 'Address').fill('http://x');
      await item(adding, 'Address').getByText('The address begins with https.').waitFor();
      await input(adding, 'Address').fill('https://x');
      await input(adding, 'Secret').fill('let me in');
      await input(adding, 'Proxy').fill('proxy-1');
      await choose(adding, 'Whom to read', 'One team');
      await input(adding, 'Team').fill(isLegacy ? 'nobody' : 'red');
      if (isLegacy) {
        await adding.getByRole('button', { name: /Add group/ }).click();
        await adding.getByPlaceholder('Group').fill('cooks');
        await save(adding);
        await item(adding, 'Team').getByText('There is no such team.').waitFor();
        await visitor.focusIsOn(input(adding, 'Team'));
        expect(await storedOptions(name)).toBeUndefined();
        await input(adding, 'Team').fill('red');
      }
      if (isLegacy) {
        await page.getByRole('tab', { name: 'More' }).click();
        await input(adding, 'People at once').fill('');
        await page.getByRole('tab', { name: 'Main' }).click();
        await save(adding);
        await adding.getByRole('alert').getByText('The field value is required').waitFor();
        await page.getByRole('tab', { name: 'More' }).click();
        await input(adding, 'People at once').fill('50');
      }
      await save(adding);
      await adding.waitFor({ state: 'hidden' });
      expect(await storedOptions(name)).toEqual({
        url: 'https://x',
        secret: { $encrypted: expect.any(String) as string },
        kind: 'team',
        team: 'red',
        proxy: { host: 'proxy-1' },
        ...(isLegacy ? { groups: ['cooks'], batch: 50 } : {}),
      });

      const row = visitor.source(name);
      await visitor.button('Sync', row).click();
      await row.getByText('1 created').waitFor();
      expect(await nickname()).toEqual(['https://x let me in team red proxy-1']);
    });

    test('its form shows what is stored, and a secret survives that is not typed again', async () => {
      const before = await storedOptions(name);
      const row = visitor.source(name);
      await visitor.button('Configure', row).click();
      const editing = visitor.drawer(`Configure ${name}`);
      await editing.getByText('Already set, but not shown: secret.').waitFor();
      expect(await input(editing, 'Address').inputValue()).toBe('https://x');
      expect(await input(editing, 'Proxy').inputValue()).toBe('proxy-1');
      expect(await input(editing, 'Team').inputValue()).toBe('red');
      expect(await input(editing, 'Secret').inputValue()).toBe('');
      expect(await item(editing, 'Whom to read').innerText()).toContain('One team');
      if (isLegacy) {
        expect(await editing.getByPlaceholder('Group').inputValue()).toBe('cooks');
        await editing.getByText(`Stored as ${name}, number.`).waitFor();
      }

      await input(editing, 'Address').fill('https://y');
      await choose(editing, 'Whom to read', 'Everybody');
      await item(editing, 'Team').waitFor({ state: 'detached' });
      await save(editing);
      await editing.waitFor({ state: 'hidden' });
      const { team, ...rest } = before ?? {};
      // Fields of Ant Design keep what they had when they go, on the built-in page as well.
      const kept = isLegacy ? rest : { ...rest, team };
      expect(await storedOptions(name)).toEqual({ ...kept, url: 'https://y', kind: 'all' });

      await visitor.button('Sync', row).click();
      await row.getByText('1 updated').waitFor();
      expect(await nickname()).toEqual([`https://y let me in all ${isLegacy ? '' : 'red '}proxy-1`]);
    });
  });
});
