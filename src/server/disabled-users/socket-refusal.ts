import { reasonOf } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { DisabledUserStore } from './disabled-user-store';

/** A websocket connection, as the host's gateway keeps it. Tags say whose it is: `app#main`, `userId#1`. */
export interface Connection {
  readonly tags: ReadonlySet<string>;
  readonly id: string;
  readonly ws: { close(code: number, reason: string): void };
}

/** What is needed of the application and its gateway. */
export interface SocketRefusalDeps {
  readonly app: {
    readonly name: string;
    on(event: string, listener: (event: Authorized) => void): unknown;
    emit(event: string, payload: object): boolean;
  };
  /** The connections of this node. */
  connections(): Iterable<Connection>;
  readonly store: Pick<DisabledUserStore, 'isDisabled' | 'causes'>;
  complain(message: string): void;
}

/** What the host says when a connection has shown a valid token. */
interface Authorized {
  readonly clientId: string;
  readonly userId: PrimaryKey;
}

/**
 * A connection while the database is asked about its user; asked again when that user is disabled or enabled meanwhile.
 */
interface Question {
  readonly userId: string;
  isOutdated: boolean;
}

const USER_TAG = 'userId';
/** The codes from 4000 on are for applications; this one is made after the HTTP status. */
const CLOSE_CODE = 4401;
const CLOSE_REASON = 'USER_DISABLED';
/** How often the connections of this node are checked, for what no other node has told it, in ms. */
const CHECK_INTERVAL = 15_000;

/**
 * Keeps disabled users from what the host sends to websockets. A connection belongs to a user only after the database
 * has said that the user is enabled. When a user is disabled, the connections of this user are closed: at once on every
 * node that hears of it, and within 15 seconds on others. A client may connect again, but not as a user.
 */
export class SocketRefusal {
  private readonly questions = new Map<string, Question>();
  private readonly confirmed = new WeakSet<object>();
  private timer?: NodeJS.Timeout;

  constructor(private readonly deps: SocketRefusalDeps) {}

  /** Starts to look at tokens that connections show. */
  listen(): void {
    const { app } = this.deps;
    // Another token, or none: an answer about the one before is no longer of use.
    app.on('ws:message:auth:token', ({ clientId }: Authorized) => this.questions.delete(clientId));
    app.on('ws:authorized', (event: Authorized) => {
      if (!this.confirmed.has(event)) void this.admit(event);
    });
  }

  start(): void {
    this.stop();
    const check = () => this.closeDisabled().catch((error: unknown) => this.complain(error));
    this.timer = setInterval(() => void check(), CHECK_INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Closes the connections of disabled users: of all of them, or of those among these users. */
  async closeDisabled(userIds?: Iterable<PrimaryKey>): Promise<void> {
    const among = userIds && new Set([...userIds].map(String));
    for (const question of this.questions.values())
      if (!among || among.has(question.userId)) question.isOutdated = true;
    const connectedIds = new Set(this.connected().map(({ userId }) => userId));
    const asked = [...connectedIds].filter((id) => !among || among.has(id));
    if (asked.length === 0) return;
    const disabled = await this.deps.store.causes(asked);
    for (const { userId, connection } of this.connected()) {
      if (!disabled.has(userId)) continue;
      this.detach(connection.id);
      connection.ws.close(CLOSE_CODE, CLOSE_REASON);
    }
  }

  /** The host has just given the connection to the user. It is taken away again until the database has been asked. */
  private async admit({ clientId, userId }: Authorized): Promise<void> {
    const question: Question = { userId: String(userId), isOutdated: false };
    this.questions.set(clientId, question);
    this.detach(clientId);
    const isDisabled = await this.answer(question);
    if (this.questions.get(clientId) !== question) return;
    this.questions.delete(clientId);
    if (isDisabled) return;
    this.deps.app.emit('ws:setTag', { clientId, tagKey: USER_TAG, tagValue: userId });
    // Said again, because clients ask for what is theirs when they hear it, and this one may have asked too early.
    const event = { clientId, userId };
    this.confirmed.add(event);
    this.deps.app.emit('ws:authorized', event);
  }

  private async answer(question: Question): Promise<boolean> {
    try {
      for (;;) {
        question.isOutdated = false;
        const isDisabled = await this.deps.store.isDisabled(question.userId);
        if (!question.isOutdated) return isDisabled;
      }
    } catch (error) {
      this.complain(error);
      return true;
    }
  }

  private detach(clientId: string): void {
    this.deps.app.emit('ws:removeTag', { clientId, tagKey: USER_TAG });
  }

  /** The connections to this application that belong to a user. */
  private connected(): { userId: string; connection: Connection }[] {
    return [...this.deps.connections()].flatMap((connection) => {
      const tags = [...connection.tags];
      if (!tags.includes(`app#${this.deps.app.name}`)) return [];
      const prefix = `${USER_TAG}#`;
      return tags.flatMap((tag) => (tag.startsWith(prefix) ? [{ userId: tag.slice(prefix.length), connection }] : []));
    });
  }

  private complain(error: unknown): void {
    this.deps.complain(`user data synchronization, websockets of disabled users: ${reasonOf(error)}`);
  }
}
