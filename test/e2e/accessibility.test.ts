import { call, CLIENTS, describeInBrowser } from '../support/e2e/host';
import { makeAwkward, type Awkward } from '../support/e2e/awkward';
import { violations } from '../support/e2e/axe';
import { useDarkTheme } from '../support/e2e/dark-theme';
import { Visitor } from '../support/e2e/visitor';

describeInBrowser('the page for those who see little, or nothing', () => {
  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    const person = `a11y-${client}-disabled`;
    let awkward: Awkward;
    let visitor: Visitor;

    beforeAll(async () => {
      awkward = await makeAwkward(`a11y-${client}`, 'Staff ');
      const { id } = await call<{ id: number }>('users:create', { username: person, nickname: person });
      await call('userData:disableUser', { userId: id });
    });
    afterEach(async () => {
      await visitor.leave();
      expect(visitor.problems).toEqual([]);
    });

    describe.each(['light', 'dark'])('in the %s theme', (theme) => {
      async function arrive(width = 1280) {
        visitor = await Visitor.arrive(one, { viewport: { width, height: 900 } });
        await visitor.openSources();
        if (theme === 'dark') await useDarkTheme(visitor.page);
      }

      async function expectNone() {
        await visitor.page.mouse.move(0, 0);
        await visitor.settled();
        expect(await violations(visitor.page)).toEqual([]);
      }

      test.each([1280, 390])('nothing is wrong with the tabs at %p px', async (width) => {
        await arrive(width);
        const { page } = visitor;
        await expectNone();
        for (const tab of ['Update history', 'Disabled users', 'Changes']) {
          await page.getByRole('tab', { name: tab, exact: true }).press('Enter');
          if (tab === 'Changes') await visitor.search('Search by uid or name', awkward.name);
          const region = page.getByRole('region', { name: tab === 'Update history' ? 'Tasks' : tab });
          await region.and(page.locator('[aria-busy="false"]')).waitFor();
          await expectNone();
        }
      });

      test('nothing is wrong with the drawers', async () => {
        await arrive();
        const line = visitor.source(awkward.title);
        await visitor.button('Tasks', line).click();
        const tasks = visitor.drawer(/^Tasks of/);
        await tasks.getByRole('row').filter({ hasText: '2 failed' }).waitFor();
        await expectNone();
        await visitor.button('Details', tasks).first().click();
        const task = visitor.drawer(/^Task \d+$/);
        await task.getByRole('row').filter({ hasText: 'Failed' }).first().waitFor();
        await expectNone();
        await visitor.closeDrawer(task);
        await visitor.closeDrawer(tasks);

        await visitor.button('Configure', line).click();
        const form = visitor.drawer(/^Configure/);
        await form.getByText('Columns', { exact: true }).first().waitFor();
        await form.locator('.ant-collapse-header').click();
        await expectNone();
        await visitor.closeDrawer(form);

        await visitor.button('Settings').click();
        const settings = visitor.drawer('Settings');
        await settings.getByRole('spinbutton').first().waitFor();
        await expectNone();
        await visitor.closeDrawer(settings);
        await visitor.button('Delete', line).click();
        await visitor.page.getByRole('radio').first().waitFor();
        await expectNone();
      });
    });

    test('a run is announced: that it goes on, and how it ended', async () => {
      visitor = await Visitor.arrive(one);
      await visitor.openSources();
      const { page } = visitor;
      const said = page.getByRole('status').filter({ hasText: `${awkward.title}: Partially failed. Users: 2 failed` });
      expect(await said.count()).toBe(0);
      await visitor.button('Sync', visitor.source(awkward.title)).click();
      await said.waitFor({ state: 'attached' });
    });
  });
});
