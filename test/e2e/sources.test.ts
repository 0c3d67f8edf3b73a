import { addFileSource, call, CLIENTS, describeInBrowser, host, pushKey, writeSourceFile } from '../support/e2e/host';
import { Visitor } from '../support/e2e/visitor';

const HEADER = 'uid,username,nickname,email';

describeInBrowser('sources and their tasks', () => {
  describe.each(CLIENTS)('in the $client client', (one) => {
    const { client } = one;
    const person = (name: string, nickname: string) =>
      `${client}-${name},${client}-${name},${nickname},${name}@${client}.example.com`;
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.arrive(one);
    });
    afterEach(() => expect(visitor.problems).toEqual([]));
    afterAll(() => visitor?.leave());

    test('a source made with the form runs, and its tasks tell what became of every record', async () => {
      const { page } = visitor;
      const title = `Staff ${client}`;
      const upload = async (drawer = visitor.drawer(/Add source|Configure/), lines: string[]) => {
        const users = drawer.locator('.ant-card').filter({ hasText: 'Users' });
        await users.getByText('Uploaded file', { exact: true }).click();
        const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from([HEADER, ...lines].join('\n')) };
        await users.locator('input[type=file]').setInputFiles(file);
        await users.getByText('people.csv, 1 kB').waitFor();
        await visitor.button('Save', drawer).click();
        await drawer.waitFor({ state: 'hidden' });
      };

      await visitor.openSources();
      await page.getByRole('button', { name: 'Add new' }).click();
      await page.getByRole('menuitem', { name: 'CSV or JSON file' }).click();
      const adding = visitor.drawer('Add source');
      await adding.getByLabel('Name', { exact: true }).fill(`staff-${client}`);
      await adding.getByRole('textbox', { name: 'Display name' }).fill(title);
      await upload(adding, [person('ada', 'Ada'), person('bo', 'Bo')]);
      const row = visitor.source(title);
      await visitor.button('Sync', row).click();
      await row.getByText('2 created').waitFor();

      await visitor.button('Configure', row).click();
      await upload(visitor.drawer(`Configure ${title}`), [person('ada', 'Ada Lovelace'), person('bo', 'Bo')]);
      await visitor.button('Sync', row).click();
      await row.getByText('1 updated').waitFor();

      const details = await visitor.openNewestTask(title);
      const record = (name: string) => details.getByRole('row').filter({ hasText: `${client}-${name}` });
      await record('ada').getByText('Updated').waitFor();
      const change = record('ada').getByRole('listitem').filter({ hasText: 'nickname' });
      expect(await change.innerText()).toMatch(/nickname\s+Ada\s+→\s+Ada Lovelace/);
      expect(await record('bo').count()).toBe(0);

      await visitor.closeDrawer(details);
      await visitor
        .button('Details', visitor.drawer(`Tasks of ${title}`))
        .last()
        .click();
      await record('bo').getByText('Created').waitFor();
      const search = details.getByPlaceholder('Search by uid or name');
      await search.fill(`${client}-ada`);
      await search.press('Enter');
      await record('bo').waitFor({ state: 'detached' });
      expect(await record('ada').count()).toBe(1);
      await visitor.choose(details, 'Outcome', 'Failed');
      await record('ada').waitFor({ state: 'detached' });
    });

    test('a broken file fails with its line and reason, and Retry succeeds once it is corrected', async () => {
      const title = `Broken ${client}`;
      const file = `${client}/broken.csv`;
      writeSourceFile(file, [HEADER, person('cy', 'Cy'), `${client}-di,"Di`]);
      await addFileSource(`broken-${client}`, file, title);
      await visitor.openSources();
      const row = visitor.source(title);
      await visitor.button('Sync', row).click();
      await row.getByText('Failed', { exact: true }).waitFor();

      const details = await visitor.openNewestTask(title);
      const reason = await details.getByRole('alert').innerText();
      expect(reason).toContain(`${file}, line 3: a quote is opened and never closed.`);
      writeSourceFile(file, [HEADER, person('cy', 'Cy'), person('di', 'Di')]);
      await visitor.button('Retry', details).click();
      await details.getByText('Success').waitFor();
      await details.getByText('2 created').waitFor();
      expect(await details.getByRole('alert').count()).toBe(0);
    });

    test('the update history shows the runs of one source or one status', async () => {
      const { page } = visitor;
      const [good, bad] = [`Good ${client}`, `Bad ${client}`];
      writeSourceFile(`${client}/good.csv`, [HEADER, person('ed', 'Ed')]);
      await addFileSource(`good-${client}`, `${client}/good.csv`, good);
      await addFileSource(`bad-${client}`, `${client}/missing.csv`, bad);
      await visitor.openSources();
      for (const [title, status] of [
        [good, 'Success'],
        [bad, 'Failed'],
      ]) {
        await visitor.button('Sync', visitor.source(title)).click();
        await visitor.source(title).getByText(status, { exact: true }).waitFor();
      }

      await page.getByRole('tab', { name: 'Update history' }).click();
      const run = (title: string) => page.getByRole('row').filter({ hasText: title });
      await run(good).waitFor();
      await visitor.choose(page, 'Status', 'Failed');
      await run(good).waitFor({ state: 'detached' });
      expect(await run(bad).count()).toBe(1);
      await visitor.choose(page, 'Source', good);
      await run(bad).waitFor({ state: 'detached' });
      await visitor.choose(page, 'Status', 'Failed');
      await run(good).waitFor();
      expect(await run(bad).count()).toBe(0);
    });

    test('the records of a task can be downloaded as CSV', async () => {
      const title = `Export ${client}`;
      writeSourceFile(`${client}/export.csv`, [HEADER, person('flo', '=Flo')]);
      await addFileSource(`export-${client}`, `${client}/export.csv`, title);
      await visitor.openSources();
      await visitor.button('Sync', visitor.source(title)).click();
      await visitor.source(title).getByText('1 created').waitFor();

      const details = await visitor.openNewestTask(title);
      const [download] = await Promise.all([
        visitor.page.waitForEvent('download'),
        visitor.button('Download records as CSV', details).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^sync-task-\d+\.csv$/);
      const [columns, ...records] = await linesOf(await download.createReadStream());
      expect(columns).toContain('uid');
      expect(records).toHaveLength(1);
      expect(records[0]).toContain(`${client}-flo`);
      expect(records[0]).toContain("'=Flo");
    });

    test('the HTTP API says how to push, and a push appears among its tasks', async () => {
      const { page } = visitor;
      const address = `${host().url}/api/userData:push`;
      await visitor.openSources();
      await visitor.button('Tasks', visitor.source('HTTP API')).click();
      const tasks = visitor.drawer('Tasks of HTTP API');
      await tasks.getByText(address, { exact: true }).waitFor();
      await tasks.getByRole('button', { name: /^Copy/ }).last().click();
      await tasks.getByRole('button', { name: 'Copied' }).waitFor();
      const curl = await page.evaluate(() => navigator.clipboard.readText());
      expect(curl).toMatch(new RegExp(`^curl -X POST ${address} .*'Authorization: Bearer <`, 's'));

      const records = [{ uid: `${client}-gus`, username: `${client}-gus`, nickname: 'Gus' }];
      const { taskId } = await call<{ taskId: number }>(
        'userData:push',
        { dataType: 'user', matchKey: 'username', records },
        pushKey(),
      );
      await visitor.button('Refresh', tasks).click();
      await visitor.button('Details', tasks.locator(`[data-row-key="${taskId}"]`)).click();
      const details = visitor.drawer(`Task ${taskId}`);
      await details
        .getByRole('row')
        .filter({ hasText: `${client}-gus` })
        .getByText('Created')
        .waitFor();
      expect(await details.getByText(/^Push, /).count()).toBe(1);
    });

    test('a source that is switched off cannot be run, and one that is deleted is gone', async () => {
      const { page } = visitor;
      const title = `Short-lived ${client}`;
      await addFileSource(`short-lived-${client}`, `${client}/none.csv`, title);
      await visitor.openSources();
      const row = visitor.source(title);
      const sync = visitor.button('Sync', row);
      const enabled = row.getByRole('switch');
      await enabled.click();
      await sync.waitFor({ state: 'detached' });
      expect(await visitor.button('Tasks', row).count()).toBe(1);
      await enabled.click();
      await sync.waitFor();
      expect(await visitor.button('Tasks', row).count()).toBe(1);

      const question = page.getByRole('dialog').filter({ hasText: `Delete the source ${title}?` });
      await visitor.button('Delete', row).click();
      await visitor.button('Cancel', question).click();
      await question.waitFor({ state: 'hidden' });
      expect(await row.count()).toBe(1);
      await visitor.button('Delete', row).click();
      await visitor.button('Delete', question).click();
      await row.waitFor({ state: 'detached' });
    });
  });
});

async function linesOf(stream: NodeJS.ReadableStream): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
}
