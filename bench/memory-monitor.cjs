/**
 * Preloaded into the server by `MEMORY=1 npm run bench`, with `--expose-gc`: answers, on a port of its own, the most that
 * lived in memory since it was asked last, in bytes. What is garbage is collected before each look, so runs take longer.
 */
const http = require('node:http');

/** In ms. A collection takes about as long as the live heap has hundreds of megabytes. */
const LOOK_INTERVAL = 700;

let most = 0;
const look = () => {
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  most = Math.max(most, heapUsed + external);
};
setInterval(look, LOOK_INTERVAL).unref();

http
  .createServer((request, response) => {
    response.end(String(most));
    most = 0;
    look();
  })
  .listen(Number(process.env.MEMORY_PORT), '127.0.0.1')
  .unref();
