import { theme } from 'antd';
import type { PropsWithChildren } from 'react';

/** Heads a part of a form in a drawer, whose title is the heading above it. */
export function FormHeading({ children }: PropsWithChildren) {
  const { token } = theme.useToken();
  const style = { margin: '0 0 8px', fontSize: token.fontSizeHeading5, fontWeight: token.fontWeightStrong };
  return <h3 style={style}>{children}</h3>;
}
