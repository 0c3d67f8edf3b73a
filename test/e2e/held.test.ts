import type { Locator } from 'playwright-core';
import { addFileSource, CLIENTS, describeInBrowser, writeSourceFile } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

describeInBrowser('runs that are looked at before they write', () => {
  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.arrive(one);
    });
    afterEach(() => expect(visitor.problems).toEqual([]));
    afterAll(() => visitor?.leave());

    const row = (within: Locator, name: string) => within.getByRole('row').filter({ hasText: name });

    /** A source that delivers everybody: these people, and next time others. */
    async function addSource(name: string, people: readonly string[]) {
      const title = `${name} ${client}`;
      const file = `${client}/${name}.csv`;
      const full = (person: string) => `${client}-${name}-${person}`;
      const deliver = (persons: readonly string[]) =>
        writeSourceFile(file, ['uid,username,nickname', ...persons.map((one) => `${one},${full(one)},${full(one)}`)]);
      deliver(people);
      await addFileSource(`${name}-${client}`, file, title, 'full');
      await visitor.openSources();
      return { title, deliver, full, line: visitor.source(title) };
    }

    async function sync(line: Locator, result: string) {
      await visitor.button('Sync', line).click();
      await line.getByText(result, { exact: true }).first().waitFor();
    }

    /** Holds every run of the source that would remove more than one user. */
    async function allowOneRemoval(title: string, line: Locator) {
      await visitor.button('Configure', line).click();
      const drawer = visitor.drawer(`Configure ${title}`);
      await drawer.getByRole('button', { name: 'Removals, limits and scope' }).click();
      const limit = drawer.getByRole('spinbutton', { name: 'Users (number)' });
      await limit.fill('-1');
      await visitor.button('Save', drawer).click();
      await drawer.getByText('Users (number) must be a whole number from 0 to 10000000.').waitFor();
      await limit.fill('1');
      await visitor.button('Save', drawer).click();
      await drawer.waitFor({ state: 'hidden' });
    }

    async function disabledUsers(search: string) {
      await visitor.openTab('Disabled users');
      const table = visitor.page.getByRole('region', { name: 'Disabled users' });
      await visitor.search('Search by name or username', search);
      return table;
    }

    test('a delivery that lacks too many says who would go, and disables them when that is approved', async () => {
      const { title, deliver, full, line } = await addSource('approved', ['ada', 'bo', 'cy']);
      await allowOneRemoval(title, line);
      await sync(line, '3 created');
      deliver(['ada']);
      await sync(line, 'Blocked');
      await line.getByText(/2 of 3 users/).waitFor();

      const review = visitor.button('Review', line);
      await review.click();
      const details = visitor.drawer(/^Task \d+$/);
      await details.getByText('This run needs approval. Nothing was written.').waitFor();
      for (const gone of ['bo', 'cy']) await row(details, full(gone)).getByText('Would be disabled').waitFor();
      expect(await row(details, full('ada')).count()).toBe(0);

      // By keyboard: the question begins on Cancel, so that pressing Enter twice approves nothing.
      await visitor.button('Approve', details).press('Enter');
      const question = visitor.page.getByRole('dialog', { name: `Approve this run of ${title}?` });
      await visitor.focusIsOn(visitor.button('Cancel', question));
      await visitor.page.keyboard.press('Tab');
      await visitor.page.keyboard.press('Enter');
      await details.getByText('2 disabled').waitFor();
      await row(details, full('bo')).getByText('Disabled', { exact: true }).waitFor();
      expect(await details.getByText(/^Super Admin, /).count()).toBe(1);
      await visitor.closeDrawer(details);
      await line.getByText('2 disabled').waitFor();

      const table = await disabledUsers(full(''));
      for (const gone of ['bo', 'cy']) await row(table, full(gone)).waitFor();
      expect(await row(table, full('ada')).count()).toBe(0);
    });

    test('a run that is rejected leaves everything as it is', async () => {
      const { title, deliver, full, line } = await addSource('rejected', ['ada', 'bo']);
      await sync(line, '2 created');
      deliver([]);
      await sync(line, 'Blocked');
      await visitor.button('Review', line).click();
      const details = visitor.drawer(/^Task \d+$/);
      await details.getByText(/^The full delivery is empty/).waitFor();
      await visitor.button('Reject', details).click();
      await details.getByText('Rejected. Nothing was written.').waitFor();
      expect(await visitor.button('Approve', details).count()).toBe(0);
      await row(details, full('bo')).getByText('Would be disabled').waitFor();
      await visitor.closeDrawer(details);
      await line.getByText('Rejected', { exact: true }).waitFor();

      const table = await disabledUsers(full(''));
      await table.getByText('Nothing matches the filter.').waitFor();
      await visitor.openTab('Sources');
      deliver(['ada', 'bo']);
      await sync(visitor.source(title), '2 unchanged');
    });

    test('a preview writes nothing, and is run as it was shown unless newer data has come', async () => {
      const { title, deliver, full, line } = await addSource('previewed', ['ada']);
      await visitor.button('Preview', line).click();
      const details = visitor.drawer(/^Task \d+$/);
      await details.getByText('This is a preview. Nothing was written.').waitFor();
      await row(details, full('ada')).getByText('Would be created').waitFor();
      // What the file has now was not previewed.
      deliver(['ada', 'bo']);
      await visitor.button('Run now', details).click();
      await row(details, full('ada')).getByText('Created', { exact: true }).waitFor();
      expect(await row(details, full('bo')).count()).toBe(0);
      await visitor.closeDrawer(details);

      await visitor.button('Preview', line).click();
      await row(details, full('bo')).getByText('Would be created').waitFor();
      await visitor.closeDrawer(details);
      // The run before has created one, too.
      await sync(line, '1 unchanged');
      await visitor.button('Tasks', line).click();
      const tasks = visitor.drawer(`Tasks of ${title}`);
      await visitor.choose(tasks, 'Runs and previews', 'Only previews');
      await row(tasks, 'Sync, Super Admin').nth(2).waitFor({ state: 'detached' });
      await visitor.button('Details', tasks).first().click();
      await visitor.button('Run now', details).click();
      await visitor.page.getByRole('alert').filter({ hasText: 'The source has delivered newer data' }).waitFor();
    });
  });
});
