import type { CSSProperties } from 'react';

/** A button whose text breaks where a line of a phone is shorter. */
export const WRAPPING: CSSProperties = { height: 'auto', minHeight: 32, maxWidth: '100%', whiteSpace: 'normal' };
