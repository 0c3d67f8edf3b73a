import { call, CLIENTS, describeInBrowser } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

interface Person {
  readonly uid: string;
  readonly nickname: string;
  readonly email: string;
}

describeInBrowser('what has become of a person', () => {
  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.arrive(one);
    });
    afterEach(() => expect(visitor.problems).toEqual([]));
    afterAll(() => visitor?.leave());

    const person = (uid: string, nickname: string, address: string): Person => ({
      uid: `${client}-${uid}`,
      nickname: `${nickname} ${client}`,
      email: `${address}@${client}.example.com`,
    });

    /** Pushes as a source of that name, and gives back the task. */
    async function push(sourceName: string, ...persons: readonly Person[]): Promise<number> {
      const records = persons.map((record) => ({ ...record, username: record.uid }));
      const body = { dataType: 'user', sourceName: `${sourceName}-${client}`, records };
      return (await call<{ taskId: number }>('userData:push', body)).taskId;
    }

    test('says when an e-mail address changed, from what to what, and by which run', async () => {
      const others = [person('mary', 'Mary Shelley', 'mary'), person('percy', 'Percy Shelley', 'percy')];
      await push('letters', ...others);
      const changed = await push('letters', person('mary', 'Mary Shelley', 'mary.w'));
      await push('letters', person('percy', 'Percy Shelley', 'percy.b'));
      await visitor.openSources();
      await visitor.openTab('Changes');
      await visitor.page.getByText(/Search for a person or a department/).waitFor();
      await visitor.search('Search by uid or name', `Shelley ${client}`);

      const table = visitor.page.getByRole('region', { name: 'Changes' });
      const rows = table.getByRole('row').filter({ hasText: 'Shelley' });
      await rows.nth(3).waitFor();
      await visitor.button(`Mary Shelley ${client}`, table).first().click();
      await visitor.page.getByText(`Only Mary Shelley ${client}`).waitFor();
      await rows.nth(2).waitFor({ state: 'detached' });
      const update = rows.filter({ hasText: 'Updated' });
      const email = await update.getByRole('listitem').filter({ hasText: 'email' }).innerText();
      expect(email).toMatch(new RegExp(`mary@${client}\\S+\\s+→\\s+mary\\.w@${client}`));
      expect(await update.innerText()).toContain(`letters-${client}`);
      const when = await update.locator('time').getAttribute('datetime');
      expect(Math.abs(Date.now() - Date.parse(String(when)))).toBeLessThan(60_000);

      await visitor.button(`Task ${changed}`, update).click();
      const details = visitor.drawer(`Task ${changed}`);
      await details.getByText('1 updated').waitFor();
      await visitor.closeDrawer(details);
      await visitor.button('Show all').click();
      await rows.nth(3).waitFor();
    });

    test('runs failed records again once what they failed for is corrected', async () => {
      const name = `crew-${client}`;
      await push('guests', person('guest', 'Guest', 'shared'));
      const taskId = await push('crew', person('eva', 'Eva', 'eva'), person('finn', 'Finn', 'shared'));
      await visitor.openSources();
      await visitor.source(name).getByText('Partially failed').waitFor();
      const details = await visitor.openNewestTask(name);
      const record = (uid: string) => details.getByRole('row').filter({ hasText: `${client}-${uid}` });
      await record('finn')
        .getByText(/already belongs to user \d+/)
        .waitFor();
      await record('eva').getByText('Created').waitFor();

      await push('guests', person('guest', 'Guest', 'guest'));
      await visitor.button('Retry failed records', details).click();
      await record('finn').getByText('Created').waitFor();
      await details.getByText('Success', { exact: true }).waitFor();
      expect(await visitor.button('Retry failed records', details).count()).toBe(0);
      // Only the failed one ran again; what the first attempt did is still told.
      expect(await record('eva').count()).toBe(0);
      await visitor.choose(details, 'Attempt', '1');
      await record('eva').getByText('Created').waitFor();
      await record('finn').getByText('Failed').waitFor();
      expect(await details.getByText(`Task ${taskId}`, { exact: true }).count()).toBe(1);
    });
  });
});
