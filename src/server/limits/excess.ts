/** What a value of JSON may be at most. */
export interface Bounds {
  /** Lists and objects inside each other. */
  readonly depth: number;
  /** Values, those inside others counted. */
  readonly values: number;
  /** Characters of a key. */
  readonly nameLength: number;
}

/** Where a value exceeds its bounds, and which: a word of `expected` in the texts, and its number. */
export interface Excess {
  readonly path: string;
  readonly expected: 'depthUpTo' | 'valuesUpTo' | 'namesUpTo';
  readonly max: number;
}

interface Place {
  readonly value: object;
  readonly path: string;
  readonly depth: number;
}

/**
 * The first thing about a JSON value that exceeds the bounds. It takes no more time than a value within the bounds takes,
 * and does not call itself: what it looks at may be deeper than any stack.
 */
export function findExcess(value: unknown, path: string, { depth, values, nameLength }: Bounds): Excess | undefined {
  if (!isNested(value)) return undefined;
  const places: Place[] = [{ value, path, depth: 1 }];
  let count = 0;
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (place.depth > depth) return { path: place.path, expected: 'depthUpTo', max: depth };
    const isList = Array.isArray(place.value);
    // `for … in` and not `Object.entries`, which copies everything before the first of it can be looked at.
    for (const key in place.value) {
      count += 1;
      if (count > values) return { path, expected: 'valuesUpTo', max: values };
      if (key.length > nameLength) return { path: place.path, expected: 'namesUpTo', max: nameLength };
      const item = (place.value as Record<string, unknown>)[key];
      if (!isNested(item)) continue;
      places.push({
        value: item,
        path: isList ? `${place.path}[${key}]` : `${place.path}.${key}`,
        depth: place.depth + 1,
      });
    }
  }
  return undefined;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
