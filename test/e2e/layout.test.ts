import { call, CLIENTS, describeInBrowser } from '../support/e2e/host';
import { LONG, makeAwkward, type Awkward } from '../support/e2e/awkward';
import { whatIsOutOfSight, whatOverflows } from '../support/e2e/measure';
import { Visitor } from '../support/e2e/visitor';
import german from '../../src/locale/de-DE.json';

const WIDTHS = [1440, 1280, 1024, 768, 390];

describeInBrowser('the layout of the page', () => {
  beforeAll(() => call('systemSettings:update?filterByTk=1', { enabledLanguages: ['en-US', 'zh-CN', 'de-DE'] }));

  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    let awkward: Awkward;
    let visitor: Visitor;

    beforeAll(async () => {
      awkward = await makeAwkward(`layout-${client}`);
    });
    afterEach(async () => {
      await visitor.leave();
      expect(visitor.problems).toEqual([]);
    });

    async function arrive(width: number, locale?: string) {
      visitor = await Visitor.arrive(one, { viewport: { width, height: 900 }, locale });
      await visitor.visit();
      // The row, or on a narrow screen the card.
      const line = visitor.page.locator('[data-row-key]').filter({ hasText: awkward.name });
      await line.getByRole('switch').waitFor();
      return line;
    }

    test.each(WIDTHS)('every action is in sight at %p px, in German and whatever names are', async (width) => {
      const line = await arrive(width, 'de-DE');
      const { page } = visitor;
      const action = (label: string) => line.getByRole('button', { name: `${label} ${awkward.title}`, exact: true });
      expect(await whatOverflows(page)).toEqual([]);
      expect(await whatIsOutOfSight(line)).toEqual([]);
      for (const label of [german.Sync, german.Preview, german.Configure]) expect(await action(label).count()).toBe(1);

      await action(german.Tasks).click();
      const tasks = page.getByRole('dialog');
      await tasks.locator('[data-row-key]').first().waitFor();
      await visitor.settled();
      expect(await whatOverflows(page)).toEqual([]);
      expect(await whatIsOutOfSight(tasks)).toEqual([]);

      const details = german['Task {{id}}'].replace('{{id}}', String(awkward.taskId));
      await tasks.getByRole('button', { name: `${german.Details} ${details}`, exact: true }).click();
      const task = visitor.drawer(details);
      await task.locator('[data-row-key]').nth(2).waitFor();
      await visitor.settled();
      expect(await whatOverflows(page)).toEqual([]);
      expect(await whatIsOutOfSight(task)).toEqual([]);
    });

    test.each(WIDTHS)('the other tabs fit %p px', async (width) => {
      await arrive(width);
      const { page } = visitor;
      for (const tab of ['Update history', 'Disabled users', 'Changes']) {
        // A narrow screen scrolls a tab into sight when it has the focus.
        await page.getByRole('tab', { name: tab, exact: true }).press('Enter');
        if (tab === 'Changes') await visitor.search('Search by uid or name', awkward.name);
        const region = page.getByRole('region', { name: tab === 'Update history' ? 'Tasks' : tab });
        await region.and(page.locator('[aria-busy="false"]')).waitFor();
        expect(await whatOverflows(page)).toEqual([]);
        expect(await whatIsOutOfSight(page.locator('.ant-tabs-tabpane-active'))).toEqual([]);
      }
    });

    test('a long text is cut, and opens under the pointer and by the keyboard; the reason stays in sight', async () => {
      await arrive(1024);
      const { page } = visitor;
      const details = visitor.drawer(/^Task \d+$/);
      await visitor.button(`Tasks ${awkward.title}`).click();
      await visitor.button(`Details Task ${awkward.taskId}`).click();
      for (const [uid, text] of [
        [`${awkward.name}-1`, LONG.solid],
        [`${awkward.name}-2`, LONG.spaced],
      ]) {
        const row = details.getByRole('row').filter({ hasText: uid });
        const reason = row.getByText(/expected at most 255 characters/);
        // The server keeps the beginning of a name.
        const beginning = text.slice(0, 100);
        const name = row.getByText(beginning);
        const heightOf = async () => (await name.boundingBox())?.height ?? 0;
        await reason.waitFor();
        expect((await reason.boundingBox())?.width).toBeGreaterThan(100);
        expect(await heightOf()).toBeLessThan(80);

        await name.hover();
        await page.getByRole('tooltip').filter({ hasText: beginning }).waitFor();
        await page.mouse.move(0, 0);
        await visitor.button('Show more', row).press('Enter');
        const less = visitor.button('Show less', row);
        await visitor.focusIsOn(less);
        expect(await less.getAttribute('aria-expanded')).toBe('true');
        expect(await heightOf()).toBeGreaterThan(200);
        await less.press('Enter');
        await visitor.button('Show more', row).waitFor();
        expect(await heightOf()).toBeLessThan(80);
      }
    });

    test('a phone shows cards in place of tables, and filters below each other', async () => {
      const card = await arrive(390);
      const { page } = visitor;
      expect(await card.evaluate(({ tagName }) => tagName)).toBe('LI');
      expect(await page.getByRole('table').count()).toBe(0);
      await visitor.button(`Tasks ${awkward.title}`).click();
      const drawer = page.getByRole('dialog');
      await drawer.locator('[data-row-key]').first().waitFor();
      const lines = new Set<number>();
      for (const name of ['Status', 'Runs and previews']) {
        const box = await drawer.getByRole('combobox', { name }).boundingBox();
        lines.add(Math.round(box?.y ?? 0));
      }
      expect(lines.size).toBe(2);
    });

    test('counts use the width of the drawer', async () => {
      await arrive(1440);
      await visitor.button(`Tasks ${awkward.title}`).click();
      await visitor.button(`Details Task ${awkward.taskId}`).click();
      const details = visitor.drawer(/^Task \d+$/);
      const counts = details.getByText('2 failed', { exact: true });
      await counts.waitFor();
      const room = await counts.evaluate((text) => text.closest('.ant-flex-vertical')?.getBoundingClientRect().width);
      expect(room).toBeGreaterThan(900);
    });
  });
});
