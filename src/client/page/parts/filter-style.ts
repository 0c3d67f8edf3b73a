import type { CSSProperties } from 'react';

/** A filter in a line of filters: as wide as there is room, so that on a phone each has a line of its own. */
export const FILTER: CSSProperties = { flex: '1 1 180px', minWidth: 0, maxWidth: 320 };
