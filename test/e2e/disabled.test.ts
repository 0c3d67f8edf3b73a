import english from '../../src/locale/en-US.json';
import { call, CLIENTS, describeInBrowser, host } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

const PASSWORD = 'long enough 1';
const REASON = english['error.USER_DISABLED'];
const WATCHER = 'watcher';
/** What the browser itself says of a refused request, and of one that the host's sign-in form does not wait for. */
const OF_A_REFUSAL = /\(Unauthorized\)$|^AxiosError/;

describeInBrowser('disabled users', () => {
  beforeAll(() => call('roles:create', { name: WATCHER, title: 'Watcher', snippets: ['pm.user-data-sync'] }));

  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    const visitors: Visitor[] = [];
    const arrive = async (visit?: Parameters<typeof Visitor.arrive>[1]) => {
      const visitor = await Visitor.arrive(one, visit);
      visitors.push(visitor);
      return visitor;
    };
    const disable = (userId: number) => call('userData:disableUser', { userId });
    const enable = (userId: number) => call('userData:enableUser', { userId });

    /** Somebody with a name of their own in each client. */
    const create = async (name: string) => {
      const [username, nickname] = [`${client}-${name.toLowerCase()}`, `${name} ${client}`];
      const roles = [{ name: WATCHER }];
      const { id } = await call<{ id: number }>('users:create', { username, nickname, password: PASSWORD, roles });
      return { id, username, nickname };
    };

    afterEach(async () => {
      const problems = visitors.flatMap((visitor) => visitor.problems);
      await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()));
      expect(problems.filter((problem) => !OF_A_REFUSAL.test(problem))).toEqual([]);
    });

    test.each(['Users', 'Departments'])('are marked in the list of %s, and only they', async (list) => {
      const off = await create(`Off-${list}`);
      const on = await create(`On-${list}`);
      await disable(off.id);
      const visitor = await arrive();
      const { page } = visitor;
      // Other tests have made users, too; these two are looked at, on whatever page they would be.
      const filter = JSON.stringify({ username: { $in: [off.username, on.username] } });
      await page.route(/users:list/, (route) => {
        const url = new URL(route.request().url());
        url.searchParams.set('filter', filter);
        return route.continue({ url: url.href });
      });
      // The legacy client's list stays empty for ever when it is opened before everything has loaded.
      await visitor.openSources();
      await page.waitForLoadState('networkidle');
      await page.getByText(list, { exact: true }).first().click();
      const cell = (name: string) => page.getByRole('cell', { name, exact: true });
      await cell(`${off.nickname} Disabled`).waitFor();
      await cell(on.nickname).waitFor();
      expect(await page.getByRole('row').filter({ hasText: off.username }).count()).toBe(1);

      await enable(off.id);
      await page.getByRole('button', { name: 'Refresh' }).click();
      await cell(off.nickname).waitFor();
    });

    test('are taken to the sign-in page and kept there with the reason, until they are enabled', async () => {
      const { id, username, nickname } = await create('Nora');
      const visitor = await arrive({ token: '', role: '' });
      const { page } = visitor;
      const reason = page.getByRole('alert').filter({ hasText: REASON }).first();
      const form = visitor.signInButton;
      await visitor.visit('/signin');
      await visitor.signIn(username, PASSWORD);
      await visitor.isSignedIn();
      await visitor.openSources();

      await disable(id);
      await page.getByRole('tab', { name: 'Update history' }).click();
      await form.waitFor();
      await reason.waitFor();
      expect(await page.evaluate(() => localStorage.getItem('NOCOBASE_TOKEN'))).toBeFalsy();
      await page.reload();
      await form.waitFor();
      expect(await reason.count()).toBe(0);
      await visitor.signIn(username, PASSWORD);
      await reason.waitFor();
      expect(await form.isVisible()).toBe(true);

      const administrator = await arrive();
      await administrator.visit();
      await administrator.page.getByRole('tab', { name: 'Disabled users' }).click();
      const row = administrator.page.getByRole('row').filter({ hasText: nickname });
      await administrator.button('Enable', row).click();
      await administrator.button('Enable', administrator.page.getByRole('dialog')).click();
      await row.waitFor({ state: 'detached' });

      await page.reload();
      await visitor.signIn(username, PASSWORD);
      await visitor.isSignedIn();
      await visitor.openSources();
      expect(await reason.count()).toBe(0);
    });

    test('land on the sign-in page with the reason when they come back to a session they left open', async () => {
      const { id, username } = await create('Otto');
      const visitor = await arrive({ token: '', role: '' });
      const { page } = visitor;
      await visitor.visit('/signin');
      await visitor.signIn(username, PASSWORD);
      await visitor.isSignedIn();
      // Where no client is running that would hear of it before.
      await page.goto(`${host().url}/api/app:getInfo`);
      await disable(id);
      await visitor.visit('/admin');
      await visitor.signInButton.waitFor();
      await page.getByRole('alert').filter({ hasText: REASON }).first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(new URL(page.url()).pathname).toBe(`${one.base}/signin`);
    });
  });
});
