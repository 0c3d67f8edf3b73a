import type { CSSProperties, PropsWithChildren } from 'react';

const hidden: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};

/** Text for those who have the page read to them. */
export function VisuallyHidden({ children }: PropsWithChildren) {
  return <span style={hidden}>{children}</span>;
}
