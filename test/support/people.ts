import type { TestApp } from './app';
import { Caller } from './http';

/** Somebody who has just signed in. */
export interface Person {
  readonly id: number;
  readonly caller: Caller;
}

/** A user with these values, signed in; with roles that are there already. */
export async function signedInUser(
  host: TestApp,
  root: Caller,
  username: string,
  values: { readonly roles: readonly string[]; readonly [field: string]: unknown },
): Promise<Person> {
  const password = 'long enough 1';
  const roles = values.roles.map((name) => ({ name }));
  const created = await root.post('/api/users:create', { username, password, ...values, roles });
  const { id } = (created.body as { data: { id: number } }).data;
  const signedIn = await new Caller(host).post(
    '/api/auth:signIn',
    { account: username, password },
    { 'X-Authenticator': 'basic' },
  );
  return { id, caller: new Caller(host, (signedIn.body as { data: { token: string } }).data.token) };
}
