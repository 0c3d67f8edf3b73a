const { randomUUID } = require('node:crypto');

const HEADER = 'x-host-gate';

/**
 * Keeps everybody out with 503 until the host has set itself up: what it writes meanwhile, SQLite would refuse while
 * somebody else writes, for example because of a sign-in.
 */
class Gate {
  #isOpen = false;
  #key = randomUUID();

  /** What a request of the host itself carries. */
  get headers() {
    return { [HEADER]: this.#key };
  }

  open() {
    this.#isOpen = true;
  }

  /** For HTTP: `false` lets the request through. */
  request = (request, response) => {
    if (this.#isOpen || request.headers[HEADER] === this.#key) return false;
    const message = 'NocoBase is starting. Try again in a moment.';
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1', Refresh: '2' });
    response.end(JSON.stringify({ errors: [{ code: 'APP_STARTING', message }] }));
    return true;
  };

  /** For websockets. */
  upgrade = (request, socket) => {
    if (this.#isOpen) return false;
    socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n');
    return true;
  };
}

module.exports = { Gate };
