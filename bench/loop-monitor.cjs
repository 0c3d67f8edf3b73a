/**
 * Preloaded into the server by `bench/event-loop.mjs`: answers, on a port of its own, how long the event loop was held
 * since it was asked last, and how much of that was the host reading the JSON of a body.
 */
const http = require('node:http');
const { monitorEventLoopDelay } = require('node:perf_hooks');

/** In ms; shorter holds are not listed. */
const WORTH_TELLING = 40;
const TICK = 5;

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

let holds = [];
let parsed = 0;
const { parse } = JSON;
// An arrow function: the host's lockdown takes no other.
JSON.parse = (...args) => {
  const start = performance.now();
  try {
    return parse(...args);
  } finally {
    parsed += performance.now() - start;
  }
};

let last = performance.now();
let used = process.cpuUsage();
setInterval(() => {
  const now = performance.now();
  const held = now - last - TICK;
  const { user, system } = process.cpuUsage(used);
  used = process.cpuUsage();
  // On a busy machine time passes without anybody holding anything: then the processor time says more.
  if (held >= WORTH_TELLING)
    holds.push({ ms: Math.round(held), cpu: Math.round((user + system) / 1000), parse: Math.round(parsed) });
  parsed = 0;
  last = now;
}, TICK).unref();

http
  .createServer((_, response) => {
    const longest = [...holds].sort((a, b) => b.ms - a.ms).slice(0, 5);
    response.end(JSON.stringify({ max: Math.round(delay.max / 1e6), count: holds.length, longest }));
    holds = [];
    delay.reset();
  })
  .listen(Number(process.env.LOOP_PORT), '127.0.0.1')
  .unref();
