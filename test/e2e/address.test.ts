import { call, CLIENTS, describeInBrowser } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

describeInBrowser('the address of the page', () => {
  beforeAll(() => call('systemSettings:update?filterByTk=1', { enabledLanguages: ['en-US', 'zh-CN', 'de-DE'] }));

  describe.each(CLIENTS)('in the $client client', (one) => {
    const sourceName = `address-${one.client}`;
    let visitor: Visitor;

    beforeAll(async () => {
      const records = [{ uid: sourceName, nickname: `Ada ${sourceName}` }];
      await call('userData:push', { dataType: 'user', sourceName, records });
    });
    beforeEach(async () => {
      visitor = await Visitor.arrive(one);
    });
    afterEach(async () => {
      await visitor.leave();
      expect(visitor.problems).toEqual([]);
    });

    test('leads others to the same task, and Back closes what was opened last', async () => {
      const { page } = visitor;
      await visitor.openSources();
      const details = await visitor.openNewestTask(sourceName);
      await details.getByRole('link', { name: `Ada ${sourceName}` }).waitFor();
      await details.getByRole('button', { name: 'Copy link' }).click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(page.url());

      await page.goBack();
      await details.waitFor({ state: 'hidden' });
      await visitor.drawer(`Tasks of ${sourceName}`).waitFor();
      await page.goBack();
      await visitor.drawer(`Tasks of ${sourceName}`).waitFor({ state: 'hidden' });
      await visitor.source('HTTP API').waitFor();

      await page.goto(copied);
      await details.getByRole('link', { name: `Ada ${sourceName}` }).waitFor();
      await visitor.drawer(`Tasks of ${sourceName}`).waitFor();
    });

    test('has what a tab shows, also after the page is loaded again', async () => {
      const { page } = visitor;
      await visitor.openSources();
      await visitor.openTab('Changes');
      await visitor.search('Search by uid or name', sourceName);
      const found = page.getByRole('region', { name: 'Changes' }).getByText(`Ada ${sourceName}`).first();
      await found.waitFor();
      await page.reload();
      await found.waitFor();
      await page.goBack();
      await page.getByText('Search for a person or a department').waitFor();
      await page.goBack();
      await visitor.source('HTTP API').waitFor();
    });

    test('stays where it is when somebody thinks again about leaving a form', async () => {
      const { page } = visitor;
      await visitor.openSources();
      await visitor.button('Configure', visitor.source(sourceName)).click();
      const drawer = visitor.drawer(`Configure ${sourceName}`);
      await drawer.getByRole('textbox', { name: 'Display name' }).fill('Half a name');
      await page.keyboard.press('Escape');
      const question = page.getByRole('dialog', { name: 'Discard your changes?' });
      await visitor.button('Keep editing', question).click();
      await question.waitFor({ state: 'hidden' });
      expect(await drawer.getByRole('textbox', { name: 'Display name' }).inputValue()).toBe('Half a name');
      await visitor.button('Cancel', drawer).click();
      await visitor.button('Discard', question).click();
      await drawer.waitFor({ state: 'hidden' });
      await visitor.source(sourceName).waitFor();
    });
  });

  test('the menu of the host keeps its translation in the modern client', async () => {
    const [modern] = CLIENTS.filter(({ client }) => client === 'modern');
    const visitor = await Visitor.arrive(modern, { locale: 'zh-CN' });
    await visitor.visit();
    await visitor.page.getByText('用户和权限').first().waitFor();
    expect(await visitor.page.getByText('Users & Permissions').count()).toBe(0);
    await visitor.leave();
  });
});
