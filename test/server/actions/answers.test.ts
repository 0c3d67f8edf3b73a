import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';

let host: TestApp;
let key: Caller;

beforeAll(async () => {
  process.env.REQUEST_BODY_LIMIT = '200kb';
  host = await TestApp.start();
  key = new Caller(host, await host.pushKey('hr', 'many'));
});
afterAll(() => host?.stop());

describe('a body with a member that nobody reads', () => {
  it.each([
    ['dryrun', 'dryRun'],
    ['dry_run', 'dryRun'],
    ['DryRun', 'dryRun'],
    ['datatype', 'dataType'],
    ['matchkey', 'matchKey'],
    ['record', 'records'],
    ['source', 'sourceName'],
    ['modus', 'mode'],
  ])('is refused with the name that was meant: %s', async (member, meant) => {
    const users = await host.db.getModel('users').count();
    const response = await key.push({ dataType: 'user', records: [{ uid: `never ${member}` }], [member]: true });
    expect(response.status).toBe(400);
    expect(errorOf(response)).toEqual({
      code: 'UNKNOWN_MEMBER',
      message: `${member}: unknown property. Did you mean ${meant}? Nothing was written.`,
    });
    expect(await host.db.getModel('users').count()).toBe(users);
  });

  it.each(['comment', 'x'.repeat(100_000), 'constructor'])(
    'is refused with all known names otherwise',
    async (member) => {
      const response = await key.push({ dataType: 'user', records: [], [member]: 1 });
      expect(errorOf(response).code).toBe('UNKNOWN_MEMBER');
      expect(errorOf(response).message).toContain(
        'Known properties: dataType, matchKey, records, sourceName, mode, dryRun.',
      );
      expect(errorOf(response).message.length).toBeLessThan(600);
    },
  );

  it('is taken in process, where the official plugin ignores it', async () => {
    const results = await host.plugin.syncService.push({ dataType: 'user', records: [], comment: 'x' });
    expect(results).not.toEqual([]);
  });
});

describe('what is no object among the records', () => {
  it('fails alone, with its index', async () => {
    const records = [{ uid: 'good' }, null, 7, 'text', [], { uid: 'good too' }];
    const detail = detailOf(await key.push({ dataType: 'user', records }));
    expect(detail.count).toMatchObject({ all: 6, success: 2, failed: 4 });
    expect(detail.failedRecords.map(({ record, code, message }) => [record, code, message])).toEqual([
      [null, 'VALUE_INVALID', 'records[1] must be an object.'],
      [7, 'VALUE_INVALID', 'records[2] must be an object.'],
      ['text', 'VALUE_INVALID', 'records[3] must be an object.'],
      [[], 'VALUE_INVALID', 'records[4] must be an object.'],
    ]);
  });

  it('is no reason to remove anybody in a full delivery', async () => {
    const push = (records: unknown[]) => key.push({ dataType: 'user', sourceName: 'hr', mode: 'full', records });
    await push([{ uid: 'stays' }, { uid: 'unreadable' }]);
    const detail = detailOf(await push([{ uid: 'stays' }, null]));
    expect(detail.count).toMatchObject({ all: 2, failed: 1, disabled: 0 });
    expect(detail.warnings.map(({ code }) => code)).toEqual(['REMOVALS_POSTPONED']);
  });
});

describe('the answer of a push', () => {
  const answer = async (body: object) => ((await key.push(body)).body as { data: Record<string, unknown> }).data;
  const taskOf = async (id: unknown) => (await host.rows('userDataSyncTasks', { where: { id } }))[0];

  it('has the status of its task beside what the official plugin answers', async () => {
    const good = await answer({ dataType: 'user', records: [{ uid: 'status' }] });
    expect(good).toMatchObject({ code: 0, message: 'success', status: 'success' });
    const partly = await answer({ dataType: 'user', records: [{ uid: 'status' }, { nickname: 'no uid' }] });
    expect(partly).toMatchObject({ code: 0, message: 'success', status: 'partially_failed' });
    expect((await taskOf(partly.taskId)).status).toBe('partially_failed');
  });

  it('counts memberships under the name that tasks use, too', async () => {
    await answer({ dataType: 'department', records: [{ uid: 'd', title: 'D' }] });
    const users = await answer({ dataType: 'user', records: [{ uid: 'member', departments: ['d'] }] });
    const result = users.result as { resource: string; detail: { count: object } }[];
    expect(users.memberships).toEqual(result.find(({ resource }) => resource === 'departments')?.detail.count);
    expect(users.memberships).toMatchObject({ all: 1, updated: 1 });
    expect(await answer({ dataType: 'department', records: [] })).not.toHaveProperty('memberships');
  });

  it('says of a dry run that would be held why, with the numbers', async () => {
    const records = Array.from({ length: 20 }, (_, at) => ({ uid: `many ${at}` }));
    const push = { dataType: 'user', sourceName: 'many', mode: 'full' };
    expect(await answer({ ...push, records })).not.toHaveProperty('wouldBeHeld');
    const some = { ...push, records: records.slice(0, 10), dryRun: true };
    expect(await answer(some)).toMatchObject({
      status: 'success',
      wouldBeHeld: {
        reason: 'users',
        message:
          'This run would remove 10 of 20 users, more than the source may remove in 24 hours. An administrator would have to approve the run.',
        hours: 24,
        users: { removed: 10, owned: 20, removedLately: 0, limit: 5 },
        departments: { removed: 0 },
        adopted: { removed: 0 },
      },
    });
    const none = await answer({ ...push, records: [], dryRun: true });
    expect(none.wouldBeHeld).toMatchObject({ reason: 'empty', users: { removed: 20, owned: 20 } });
    expect(await answer({ ...some, records })).not.toHaveProperty('wouldBeHeld');
  });
});

describe('a message says what is true and what helps', () => {
  const failureOf = async (body: object) => detailOf(await key.push({ dataType: 'user', ...body })).failedRecords[0];

  it('advises a match key only where it would help', async () => {
    const values = { username: 'taken', email: 'taken@example.com' };
    const holder = await host.db.getRepository('users').create({ values });
    const taken = `The email "taken@example.com" already belongs to user ${String(holder.get('id'))}`;
    const records = [{ uid: 'advised', username: 'advised', email: values.email }];
    expect((await failureOf({ records })).message).toBe(
      `${taken}. Correct one of them, or push with that field as the match key to link the existing user.`,
    );
    expect((await failureOf({ records, matchKey: 'username' })).message).toBe(
      `${taken}, and the match key username found no user. Correct one of them, or push with email as the match key to link the existing user.`,
    );
    await key.push({ dataType: 'user', records: [{ uid: 'linked', username: 'linked' }] });
    const linked = [{ uid: 'linked', email: values.email }];
    for (const matchKey of [undefined, 'username', 'email'])
      expect((await failureOf({ records: linked, matchKey })).message).toBe(`${taken}. Correct one of them.`);
  });

  it('speaks of users only when no department would go, and knows how many departments there are', async () => {
    const sourceName = 'many';
    const departments = Array.from({ length: 9 }, (_, at) => ({ uid: `d${at}`, title: `D${at}` }));
    await key.push({ dataType: 'department', sourceName, records: departments });
    const held = await key.push({ dataType: 'user', sourceName, mode: 'full', records: [] });
    expect(errorOf(held).message).toMatch(
      /^The full delivery is empty: all records that this source imported would be removed \(20 users\)\. Nothing was written\./,
    );
    const { taskId } = errorOf(held) as unknown as { taskId: number };
    const [task] = await host.rows<{ params: object | string }>('userDataSyncTasks', { where: { id: taskId } });
    const params = (typeof task.params === 'string' ? JSON.parse(task.params) : task.params) as object;
    expect(params).toMatchObject({ concerns: 'users', users: 20, ownedUsers: 20, departments: 0, ownedDepartments: 9 });
    const tree = await key.push({ dataType: 'department', sourceName, mode: 'full', records: [] });
    expect(errorOf(tree).message).toContain('would be removed (9 departments).');
  });

  it('says of a dry run of users that it does not know what a dry run of departments would have made', async () => {
    const dry = { sourceName: 'hr', dryRun: true };
    await key.push({ dataType: 'department', ...dry, records: [{ uid: 'tried', title: 'Tried' }] });
    const users = { dataType: 'user', sourceName: 'hr', records: [{ uid: 'dry', departments: ['tried'] }] };
    const warningOf = async (body: object) => detailOf(await key.push(body), 'departments').warnings[0];
    const tried = await warningOf({ ...users, ...dry });
    expect(tried).toMatchObject({ code: 'DEPARTMENT_NOT_FOUND' });
    expect(tried.message).toContain('departments from other dry runs are not found');
    expect((await warningOf(users)).message).not.toContain('dry run');
  });

  it('does not advise to cut a push whose mode nobody knows', async () => {
    const records = [{ uid: 'large', note: 'x'.repeat(250_000) }];
    const { code, message } = errorOf(await key.push({ dataType: 'user', mode: 'full', records }));
    expect(code).toBe('BODY_TOO_LARGE');
    expect(message).toContain('Do not split a full delivery');
    const other = errorOf(await key.post('/api/userData:pull', records[0]));
    expect(other).toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(other.message).not.toContain('full delivery');
  });
});
