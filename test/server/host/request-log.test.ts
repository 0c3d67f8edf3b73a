import { TestApp } from '../../support/app';

describe("the host's request log", () => {
  let host: TestApp;
  let key: string;
  const logged: string[] = [];

  beforeAll(async () => {
    host = await TestApp.start();
    key = await host.pushKey();
    for (const level of ['info', 'warn', 'error'] as const) {
      jest.spyOn(host.app.requestLogger, level).mockImplementation((line: unknown) => {
        logged.push(JSON.stringify(line));
        return host.app.requestLogger;
      });
    }
  });
  afterAll(() => host?.stop());

  const post = (url: string, token: string, body: object) =>
    host.http.post(url).set('Authorization', `Bearer ${token}`).send(body);

  it('has no copy of what is pushed, whether it is accepted or refused', async () => {
    const push = (token: string, secret: string) =>
      post('/api/userData:push', token, { dataType: 'user', records: [{ uid: '1', password: secret }] });
    expect((await push(key, 'accepted-secret')).status).toBe(200);
    expect((await push('nonsense', 'unauthorized-secret')).status).toBe(401);
    expect(logged.join()).toContain('"actionName":"push"');
    expect(logged.join()).not.toContain('-secret');
  });

  it('has no options of sources', async () => {
    const options = { users: { path: 'a.csv' }, token: 'option-secret' };
    const create = (token: string) =>
      post('/api/userDataSyncSources:create', token, { name: 'secretive', sourceType: 'file', options });
    expect((await create('nonsense')).status).toBe(401);
    expect((await create(key)).status).toBe(403);
    expect((await create(await host.adminToken())).status).toBe(200);
    expect(logged.join()).toContain('"actionName":"create"');
    expect(logged.join()).not.toContain('-secret');
  });
});
