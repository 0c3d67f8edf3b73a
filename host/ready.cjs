/**
 * Waits until a host answers that it is ready. A port that is open is not enough: the host answers 503 while it sets
 * itself up.
 *
 * @param {string} url
 * @param {{headers?: Record<string, string>, failure?: () => Error | undefined | null}} options `failure` says why it
 * will never be ready
 */
async function untilReady(url, { headers, failure = () => undefined } = {}) {
  for (;;) {
    const answer = await fetch(`${url}/api/app:getInfo`, { headers }).catch(() => undefined);
    if (answer?.ok) return;
    const error = failure();
    if (error) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

module.exports = { untilReady };
