import { chromium, type Browser, type Locator, type Page, type ViewportSize } from 'playwright-core';
import { host, type Client } from './host';

interface Visit {
  /** The administrator's when left out; an empty one for somebody who is not signed in. */
  readonly token?: string;
  readonly role?: string;
  readonly locale?: string;
  readonly viewport?: ViewportSize;
}

/** Everything is slow when a machine is busy; what takes longer than this does not come, in ms. */
const PATIENCE = 30_000;

/** A person at a browser of their own, signed in to one of the two clients. */
export class Visitor {
  /** What went wrong in the browser: exceptions of the page, and errors that our bundle logged. */
  readonly problems: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly base: string,
  ) {
    page.on('pageerror', (error) => this.problems.push(error.stack || String(error)));
    page.on('console', (message) => {
      const from = `${message.location().url} ${message.text()}`;
      if (message.type() === 'error' && /user-?data-?sync/i.test(from)) this.problems.push(from);
    });
  }

  static async arrive({ base }: Client, { token, role = 'root', locale, viewport }: Visit = {}): Promise<Visitor> {
    const browser = await chromium.connect(host().browser);
    const context = await browser.newContext({
      viewport: viewport ?? { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE);
    const stored = { NOCOBASE_TOKEN: token ?? host().token, NOCOBASE_ROLE: role, NOCOBASE_LOCALE: locale ?? 'en-US' };
    await context.addInitScript((entries) => {
      // Only at first: what the client has changed since, by signing out for example, stays.
      for (const [key, value] of Object.entries(entries))
        if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
    }, stored);
    return new Visitor(browser, await context.newPage(), base);
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }

  /** Goes to a page of the client, the synchronization page if no other is named. */
  async visit(path = '/admin/settings/users-permissions/sync'): Promise<void> {
    await this.page.goto(`${host().url}${this.base}${path}`);
  }

  /** Fills in the sign-in page and sends it. */
  async signIn(account: string, password: string): Promise<void> {
    // The form may be drawn anew, empty, until everything has loaded.
    await this.page.waitForLoadState('networkidle');
    await this.page.getByPlaceholder('Username/Email').fill(account);
    await this.page.getByPlaceholder('Password').fill(password);
    await this.signInButton.click();
  }

  /** Only the sign-in page has it. The legacy client calls it by more than its text. */
  get signInButton(): Locator {
    return this.page.getByRole('button', { name: /Sign in$/ });
  }

  /** Waits until the sign-in page has let its visitor in. */
  async isSignedIn(): Promise<void> {
    await this.page.waitForURL((url) => !url.pathname.endsWith('/signin'));
  }

  /** Opens the synchronization page and waits until its sources are there. */
  async openSources(): Promise<void> {
    await this.visit();
    await this.source('HTTP API').waitFor();
  }

  /** The row of a source, or its card on a phone. Other sources may have its title among their texts: each push makes one of the HTTP API. */
  source(title: string): Locator {
    const enabled = this.page.getByRole('switch', { name: `Enabled: ${title}`, exact: true });
    return this.page.getByRole('row').or(this.page.getByRole('listitem')).filter({ has: enabled });
  }

  /** By its name, or by its text: the names of actions also say what they are done with. */
  button(name: string, within: Locator | Page = this.page): Locator {
    const withText = within.getByRole('button', { name }).filter({ hasText: new RegExp(`^${name}$`) });
    return within.getByRole('button', { name, exact: true }).or(withText);
  }

  /** A drawer, by its title. */
  drawer(title: string | RegExp): Locator {
    return this.page.getByRole('dialog').filter({ has: this.page.locator('.ant-drawer-title', { hasText: title }) });
  }

  async closeDrawer(drawer: Locator): Promise<void> {
    await this.button('Close', drawer).click();
    await drawer.waitFor({ state: 'hidden' });
  }

  /** Opens the details of the newest task of a source, from its row. */
  async openNewestTask(title: string): Promise<Locator> {
    await this.button('Tasks', this.source(title)).click();
    await this.button('Details', this.drawer(`Tasks of ${title}`))
      .first()
      .click();
    const details = this.drawer(/^Task \d+$/);
    await details.waitFor();
    return details;
  }

  /** Opens one of the tabs of the page. */
  async openTab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name, exact: true }).click();
  }

  /** Looks for something with a search box, by the name of the box. */
  async search(name: string, text: string): Promise<void> {
    const box = this.page.getByRole('searchbox', { name, exact: true });
    await box.fill(text);
    await box.press('Enter');
  }

  /** Chooses from a list, by the name of the list and the text of the choice. */
  async choose(within: Locator | Page, name: string, choice: string): Promise<void> {
    const box = within.getByRole('combobox', { name, exact: true });
    // A click would meet what is chosen already, which stands over the box.
    await box.press('ArrowDown');
    // Lists that were open before are still there, so this one is found by its box.
    const id = await box.getAttribute('aria-controls');
    const list = this.page.locator('.ant-select-dropdown').filter({ has: this.page.locator(`[id="${id}"]`) });
    const option = list.getByTitle(choice, { exact: true });
    const chosen = option.and(this.page.locator('.ant-select-item-option-selected'));
    const state = (await chosen.count()) > 0 ? 'detached' : 'attached';
    await option.click();
    // A list that is still unfolding may swallow the click. One of a single choice closes.
    const timeout = 3000;
    const heard = Promise.any([list.waitFor({ state: 'hidden', timeout }), chosen.waitFor({ state, timeout })]);
    await heard.catch(() => option.click());
    // A list of several choices stays open, and Escape would close the drawer, too.
    await box.blur();
  }

  /** Waits until nothing moves any more: a drawer on its way in is half out of the screen. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() =>
      document.getAnimations().every(({ effect }) => effect?.getComputedTiming().endTime === Infinity),
    );
  }

  async focusIsOn(element: Locator): Promise<void> {
    const handle = await element.elementHandle();
    await this.page.waitForFunction((wanted) => document.activeElement === wanted, handle);
  }
}
