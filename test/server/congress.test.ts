import departments from '../fixtures/us-congress/departments.json';
import users from '../fixtures/us-congress/users.json';
import { TestApp } from '../support/app';

describe('a real organisation, pushed over HTTP with an API key', () => {
  let host: TestApp;
  let key: string;

  beforeAll(async () => {
    host = await TestApp.start();
    key = await host.pushKey();
  });
  afterAll(() => host?.stop());

  const push = async (body: object) => {
    const response = await host.http.post('/api/userData:push').set('Authorization', `Bearer ${key}`).send(body);
    return response;
  };

  it('ends in the right state with users before departments and children first', async () => {
    const first = await push({ dataType: 'user', matchKey: 'username', records: users });
    console.log(JSON.stringify(first.body).slice(0, 1500));
    const second = await push({ dataType: 'department', records: [...departments].reverse() });
    console.log(JSON.stringify(second.body).slice(0, 1500));
    expect(await host.db.getRepository('departmentsUsers').count()).toBe(3879);
    const third = await push({ dataType: 'user', matchKey: 'username', records: users });
    console.log(JSON.stringify(third.body).slice(0, 1500));
  });
});
