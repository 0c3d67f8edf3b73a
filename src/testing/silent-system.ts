import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A system on this machine that accepts connections and never answers. */
export class SilentSystem {
  /** Whether somebody has connected. */
  isReached = false;
  /** When somebody has connected. */
  readonly reached: Promise<void>;
  /** When all who connected have gone. */
  readonly left: Promise<void>;
  private readonly connections = new Set<Socket>();

  private constructor(private readonly server: Server) {
    this.reached = new Promise((connected) => server.on('connection', () => connected()));
    this.left = new Promise((allGone) => {
      server.on('connection', (socket) => {
        this.isReached = true;
        this.connections.add(socket);
        socket.resume();
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.connections.delete(socket);
          if (this.connections.size === 0) allGone();
        });
      });
    });
  }

  static async start(): Promise<SilentSystem> {
    const server = createServer();
    const system = new SilentSystem(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return system;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:49152` */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
