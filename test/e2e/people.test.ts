import translations from '../../src/locale/zh-CN.json';
import { addFileSource, call, CLIENTS, describeInBrowser, host, signIn, writeSourceFile } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

const zhCN: Readonly<Record<string, string | undefined>> = translations;

describeInBrowser('the page for everybody', () => {
  const clerk = { username: 'clerk', password: 'clerk-password-1', role: 'clerk' };
  let clerkToken: string;

  beforeAll(async () => {
    await call('systemSettings:update?filterByTk=1', { enabledLanguages: ['en-US', 'zh-CN'] });
    await call('roles:create', { name: clerk.role, title: 'Clerk', snippets: ['!ui.*', '!pm', '!pm.*'] });
    const { username, password } = clerk;
    await call('users:create', { username, password, nickname: 'Clerk', roles: [{ name: clerk.role }] });
    clerkToken = await signIn(host().url, username, password);
  });

  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    let visitor: Visitor;
    afterEach(async () => {
      await visitor.leave();
      expect(visitor.problems).toEqual([]);
    });

    test('the page speaks the language of its reader', async () => {
      visitor = await Visitor.arrive(one, { locale: 'zh-CN' });
      await visitor.visit();
      for (const key of ['Synchronize', 'Last run', 'Add new']) expect(zhCN[key]).toMatch(/\p{Script=Han}/u);
      await visitor.page
        .getByText(zhCN['Synchronize'] ?? '', { exact: true })
        .first()
        .waitFor();
      await visitor.page.getByRole('button', { name: zhCN['Add new'] }).waitFor();
      await visitor.page.getByRole('columnheader', { name: zhCN['Last run'] ?? '', exact: true }).waitFor();
    });

    test('a role without permission sees neither the tab nor any data', async () => {
      visitor = await Visitor.arrive(one, { token: clerkToken, role: clerk.role });
      const { page } = visitor;
      const answers: number[] = [];
      page.on('response', (answer) => {
        if (/userData/.test(answer.url()) && !/locale|static/.test(answer.url())) answers.push(answer.status());
      });
      await visitor.visit();
      await page.getByText('NocoBase', { exact: true }).first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.getByText('Synchronize', { exact: true }).count()).toBe(0);
      expect(await page.getByText('HTTP API').count()).toBe(0);
      expect(await page.getByText('Demo company').count()).toBe(0);
      expect(answers.filter((status) => status < 400)).toEqual([]);
    });

    test('the keyboard alone runs a source and reads its tasks', async () => {
      const title = `Keyboard ${client}`;
      const file = `${client}/keyboard.csv`;
      writeSourceFile(file, ['uid,username,nickname', `${client}-kim,${client}-kim,Kim`]);
      await addFileSource(`keyboard-${client}`, file, title);
      visitor = await Visitor.arrive(one);
      await visitor.openSources();
      const { page } = visitor;
      const row = visitor.source(title);
      const tabTo = async (label: string) => {
        const button = visitor.button(label, row);
        // More than there are stops on the page would mean that the button is none.
        const stops = await page.locator('a, button, input, [tabindex]').count();
        for (let stop = 0; stop < stops; stop++) {
          if (await button.evaluate((element) => element === document.activeElement)) return button;
          await page.keyboard.press('Tab');
        }
        throw new Error(`Tab never reaches ${label}.`);
      };

      await tabTo('Sync');
      await page.keyboard.press('Enter');
      await row.getByText('1 created').waitFor();
      const tasks = await tabTo('Tasks');
      await page.keyboard.press('Enter');
      const drawer = visitor.drawer(`Tasks of ${title}`);
      await visitor.button('Details', drawer).waitFor();
      await page.waitForFunction(() => document.activeElement?.closest('.ant-drawer') !== null);
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'hidden' });
      await visitor.focusIsOn(tasks);
    });

    test('a phone shows the page without scrolling sideways, and drawers in full width', async () => {
      visitor = await Visitor.arrive(one, { viewport: { width: 390, height: 844 } });
      await visitor.openSources();
      const { page } = visitor;
      const overflow = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(await overflow()).toBe(0);

      await visitor.button('Tasks', visitor.source('HTTP API')).click();
      const drawer = visitor.drawer('Tasks of HTTP API');
      await visitor.button('Refresh', drawer).waitFor();
      await page.waitForFunction((panel) => panel?.getBoundingClientRect().left === 0, await drawer.elementHandle());
      expect(await drawer.boundingBox()).toMatchObject({ x: 0, width: 390 });
      expect(await overflow()).toBe(0);
    });
  });
});
