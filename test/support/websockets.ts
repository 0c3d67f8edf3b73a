import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Gateway } from '@nocobase/server';

/** What is used of the library that the host itself uses. */
interface WebSocket extends NodeJS.EventEmitter {
  send(text: string): void;
  close(): void;
}

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

const WebSocketClass = createRequire(require.resolve('@nocobase/server'))('ws') as new (url: string) => WebSocket;

/**
 * The host's gateway on a free port. It has to be there before the application: that is how it gets to know it.
 * The gateway writes every connection to the console.
 */
export async function startGateway(): Promise<{ connect(): Promise<Socket>; stop(): Promise<void> }> {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const gateway = Gateway.getInstance();
  const server = await new Promise<Server>((resolve) =>
    gateway.startHttpServer({ port: 0, host: '127.0.0.1', callback: resolve }),
  );
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  return {
    async connect() {
      const socket = new Socket(new WebSocketClass(`ws://127.0.0.1:${port}${process.env.WS_PATH}`));
      sockets.push(socket);
      await socket.opened;
      return socket;
    },
    async stop() {
      // The gateway hears of each connection that ends, and says so.
      const connections = [...gateway.wsServer.webSocketClients.values()];
      const ended = connections.map(({ ws }) => once(ws as unknown as WebSocket, 'close'));
      sockets.forEach((socket) => socket.close());
      await Promise.all(ended);
      const closed = once(server, 'close');
      gateway.destroy();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A client's connection. */
export class Socket {
  readonly received: Message[] = [];
  readonly opened: Promise<unknown>;
  /** The code and the reason with which the server closed it. */
  readonly closed: Promise<[number, string]>;

  constructor(private readonly socket: WebSocket) {
    this.opened = once(socket, 'open');
    this.closed = once(socket, 'close').then(([code, reason]) => [code as number, String(reason)]);
    socket.on('message', (data: unknown) => {
      const message = JSON.parse(String(data)) as Message;
      this.received.push(message);
      socket.emit('received', message);
    });
  }

  /** Shows a token, as the host's client does. */
  showToken(token: string | undefined): void {
    this.socket.send(JSON.stringify({ type: 'auth:token', payload: { token, authenticator: 'basic' } }));
  }

  /** Waits until so many messages of a type have come. */
  async has(type: string, count = 1): Promise<void> {
    while (this.received.filter((message) => message.type === type).length < count) await once(this.socket, 'received');
  }

  /** The types of what has come, but for what the host tells everybody. */
  get types(): string[] {
    return this.received.map(({ type }) => type).filter((type) => type !== 'maintaining');
  }

  close(): void {
    this.socket.close();
  }
}
