import { DisabledUserStore } from '../../../src/server/disabled-users';
import { TestApp } from '../../support/app';
import { Caller } from '../../support/http';
import { PubSubBus } from '../../support/pub-sub-bus';
import { startGateway, type Socket } from '../../support/websockets';

const PASSWORD = 'long enough 1';
/** Sent twice when a connection has been given to a user: by the host, and when the database has been asked. */
const ATTACHED = ['authorized', 2] as const;

let gateway: Awaited<ReturnType<typeof startGateway>>;
let bus: PubSubBus;
/** The node whose websockets are looked at, one that can send it messages, and one that cannot. */
let host: TestApp;
let told: TestApp;
let apart: TestApp;
let root: Caller;

beforeAll(async () => {
  gateway = await startGateway();
  bus = new PubSubBus();
  host = await TestApp.start({ bus });
  told = await TestApp.start({ nodeOf: host, bus });
  apart = await TestApp.start({ nodeOf: host });
  root = new Caller(host, await host.adminToken());
});
afterAll(async () => {
  await apart?.stop();
  await told?.stop();
  await host?.stop();
  await gateway?.stop();
});

async function person(username: string) {
  const created = await root.post('/api/users:create', { username, password: PASSWORD });
  const { id } = (created.body as { data: { id: number } }).data;
  const credentials = { account: username, password: PASSWORD };
  const signedIn = await new Caller(host).post('/api/auth:signIn', credentials, { 'X-Authenticator': 'basic' });
  return { id, username, token: (signedIn.body as { data: { token: string } }).data.token };
}

/** A connection that belongs to its user. */
async function attached(token: string): Promise<Socket> {
  const socket = await gateway.connect();
  socket.showToken(token);
  await socket.has(...ATTACHED);
  return socket;
}

const disable = (userId: number, on = host) => new Caller(on, root.token).post('/api/userData:disableUser', { userId });
const enable = (userId: number) => root.post('/api/userData:enableUser', { userId });
const sendTo = (userId: number, type: string) => host.app.emit('ws:sendToUser', { userId, message: { type } });
/** Sent to everybody, signed in or not: what was sent before has come by then. */
async function settled(socket: Socket): Promise<void> {
  host.app.emit('ws:sendToCurrentApp', { message: { type: 'end' } });
  await socket.has('end');
}
const REFUSED = [4401, 'USER_DISABLED'];

describe('the websockets of a user', () => {
  it('get what is sent to the user', async () => {
    const { id, token } = await person('enabled');
    const socket = await attached(token);
    sendTo(id, 'news');
    await socket.has('news');
  });

  it('are closed when somebody disables the user, all of them, and nobody else’s', async () => {
    const [someone, other] = [await person('by-hand'), await person('not-meant')];
    const sockets = [await attached(someone.token), await attached(someone.token)];
    const others = await attached(other.token);
    expect((await disable(someone.id)).status).toBe(200);
    sendTo(someone.id, 'secret');
    sendTo(other.id, 'news');
    for (const socket of sockets) {
      expect(await socket.closed).toEqual(REFUSED);
      expect(socket.types).not.toContain('secret');
    }
    await others.has('news');
  });

  it('are closed when a run disables the user', async () => {
    const { username, token } = await person('by-run');
    const socket = await attached(token);
    await root.push({ dataType: 'user', matchKey: 'username', records: [{ uid: 'by-run', username }] });
    await root.push({ dataType: 'user', records: [{ uid: 'by-run', isDeleted: true }] });
    expect(await socket.closed).toEqual(REFUSED);
  });

  it('are closed when another node disables the user and says so', async () => {
    const { id, token } = await person('elsewhere');
    const socket = await attached(token);
    expect((await disable(id, told)).status).toBe(200);
    expect(await socket.closed).toEqual(REFUSED);
  });

  it('are closed at the next check when another node cannot say so', async () => {
    const { id, token } = await person('far-away');
    const bystander = await attached((await person('bystander')).token);
    const socket = await attached(token);
    expect((await disable(id, apart)).status).toBe(200);
    await host.plugin.sockets.closeDisabled();
    expect(await socket.closed).toEqual(REFUSED);
    await settled(bystander);
  });

  it('are looked for with no statement while none is connected, and with one otherwise', async () => {
    const ask = jest.spyOn(DisabledUserStore.prototype, 'causes');
    await apart.plugin.sockets.closeDisabled([-1]);
    expect(ask).toHaveBeenCalledTimes(0);
    await host.plugin.sockets.closeDisabled();
    expect(ask).toHaveBeenCalledTimes(1);
    ask.mockRestore();
  });
});

describe('a new websocket', () => {
  it('with the token of a disabled user is nobody’s, however often it is shown', async () => {
    const { id, token } = await person('again');
    await disable(id);
    const socket = await gateway.connect();
    for (let shown = 1; shown <= 3; shown++) {
      socket.showToken(token);
      await socket.has('authorized', shown);
      sendTo(id, 'secret');
    }
    await settled(socket);
    expect(socket.types).not.toContain('secret');
  });

  it('belongs to the user again after the user is enabled', async () => {
    const { id, token } = await person('back');
    await disable(id);
    await enable(id);
    const socket = await attached(token);
    sendTo(id, 'news');
    await socket.has('news');
  });

  it('whose user is disabled while the database is asked is nobody’s', async () => {
    const { id, token } = await person('overtaken');
    const socket = await gateway.connect();
    const asked = holdFirstAnswer();
    socket.showToken(token);
    await asked.begun;
    await disable(id);
    asked.release();
    await socket.has('authorized');
    await settledAfterAsking(id);
    sendTo(id, 'secret');
    await settled(socket);
    expect(socket.types).not.toContain('secret');
  });

  it('that signs out while the database is asked stays nobody’s', async () => {
    const { id, token } = await person('leaving');
    const socket = await gateway.connect();
    const asked = holdFirstAnswer();
    socket.showToken(token);
    await asked.begun;
    const heard = new Promise((resolve) => host.app.once('ws:message:auth:token', resolve));
    socket.showToken(undefined);
    await heard;
    asked.release();
    await settledAfterAsking(id);
    sendTo(id, 'secret');
    await settled(socket);
    expect(socket.types).not.toContain('secret');
  });

  it('is nobody’s when the database cannot be asked', async () => {
    const { id, token } = await person('unknown');
    const ask = jest.spyOn(DisabledUserStore.prototype, 'isDisabled').mockRejectedValueOnce(new Error('no connection'));
    const complained = new Promise((resolve) =>
      jest.spyOn(host.app.logger, 'error').mockImplementationOnce(((message: string) => resolve(message)) as never),
    );
    const socket = await gateway.connect();
    socket.showToken(token);
    expect(await complained).toContain('no connection');
    ask.mockRestore();
    sendTo(id, 'secret');
    await settled(socket);
    expect(socket.types).not.toContain('secret');
  });
});

/** The first question whether a user is disabled is answered with what held when it was asked, but later. */
function holdFirstAnswer() {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const begun = new Promise<void>((resolve) => {
    jest.spyOn(DisabledUserStore.prototype, 'isDisabled').mockImplementationOnce(async () => {
      resolve();
      await gate;
      return false;
    });
  });
  return { begun, release };
}

/** Whatever was waiting for an answer has it: this question comes after it. */
async function settledAfterAsking(id: number): Promise<void> {
  await new DisabledUserStore(host.db).isDisabled(id);
  await new Promise((resolve) => setImmediate(resolve));
}
