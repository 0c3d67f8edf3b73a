/**
 * What packages of the host print whenever they are loaded or started. It tells nobody anything, and buries what does.
 * Each entry is a whole text: whatever else is printed, also by these packages, is shown.
 */
const KNOWN = [
  // ses, which @nocobase/utils loads
  'About to overwrite ArrayBuffer.prototype properties ["sliceToImmutable","immutable","transferToImmutable"]',
  'SES Removing unpermitted intrinsics',
  'Removing intrinsics.Object.keys.shim',
  ...[
    'decorate',
    'metadata',
    'defineMetadata',
    'hasMetadata',
    'hasOwnMetadata',
    'getMetadata',
    'getOwnMetadata',
    'getMetadataKeys',
    'getOwnMetadataKeys',
    'deleteMetadata',
  ].map((name) => `Removing intrinsics.Reflect.${name}`),
  // @nocobase/server, about each server and each browser
  /^Gateway (HTTP|IPC) Server running at \S+$/,
  /^(new client connected|client disconnected) \S+$/,
  /^client tags: \S*$/,
];

/**
 * Leaves out known noise of what a console prints.
 *
 * @param {Console} console
 * @param {(args: unknown[]) => boolean} isMore what else is known where this is called
 */
function hushKnownNoise(console, isMore = () => false) {
  for (const method of ['log', 'warn', 'error']) {
    const print = console[method];
    console[method] = (...args) => {
      if (!isKnown(args) && !isMore(args)) print.apply(console, args);
    };
  }
}

function isKnown(args) {
  if (!args.every((part) => typeof part === 'string')) return false;
  const text = args.join(' ').trimStart();
  return KNOWN.some((known) => (typeof known === 'string' ? known === text : known.test(text)));
}

module.exports = { hushKnownNoise };
