/**
 * Loaded before the server (`node -r`), because the size of the thread pool is read when it is used first, and loading a
 * module uses it. On SQLite each connection that waits for its turn to write occupies a thread: with the usual four,
 * files, names of hosts and passwords would soon wait, too.
 */
process.env.UV_THREADPOOL_SIZE ||= '16';
