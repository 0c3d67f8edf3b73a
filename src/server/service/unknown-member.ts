import { SyncError } from '../errors';

/** Longer names are no slips of the pen; comparing them would take time. */
const MAX_NAME_LENGTH = 30;
/** `source` is meant to be `sourceName`; fewer letters may mean anything. */
const MIN_BEGINNING = 4;
/** So many letters may be wrong in a name that is meant to be another one. */
const MAX_DISTANCE = 3;

/**
 * Says that a body has an unknown member, and which one was probably meant: a client that sends `dryrun` expects that
 * nothing is written.
 */
export function unknownMember(name: string, known: readonly string[]): SyncError {
  const nearest = nearestOf(name, known);
  const params = { path: name, known: known.join(', ') };
  return new SyncError('UNKNOWN_MEMBER', nearest === undefined ? params : { ...params, nearest, because: 'similar' });
}

function nearestOf(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const plain = plainName(name);
  const beginning = known.find((candidate) => plain.length >= MIN_BEGINNING && plainName(candidate).startsWith(plain));
  if (beginning !== undefined) return beginning;
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceOf(plain, plainName(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const isNear = nearest.distance <= Math.min(MAX_DISTANCE, plainName(nearest.candidate).length / 2);
  return isNear ? nearest.candidate : undefined;
}

/** Names that differ only by case or by how words are joined are the same slip: `dry_run`, `DryRun`. */
const plainName = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** How many letters have to be added, left out or replaced to make one text of the other. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
