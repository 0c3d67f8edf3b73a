import { ConfigProvider, theme, type ThemeConfig } from 'antd';
import type { PropsWithChildren } from 'react';

type Tokens = ReturnType<typeof theme.useToken>['token'];

/**
 * The theme of the host with text that can be read by those who see little: 4.5:1 at least. The theme's own grey, its
 * links and its red are fainter than that, and its tones for pressing or pointing are not.
 */
export function ReadableTheme({ children }: PropsWithChildren) {
  const { token } = theme.useToken();
  return <ConfigProvider theme={readable(token)}>{children}</ConfigProvider>;
}

function readable(token: Tokens): ThemeConfig {
  const dark = isDark(token.colorBgContainer);
  const link = dark ? token.colorPrimaryTextHover : token.colorPrimaryTextActive;
  const error = dark ? token.colorErrorTextHover : token.colorErrorTextActive;
  const colorTextDescription = token.colorTextSecondary;
  const links = { colorLink: link, colorLinkHover: link, colorLinkActive: link };
  return {
    token: {
      colorTextDescription,
      colorTextPlaceholder: token.colorTextSecondary,
    },
    components: {
      Tabs: { itemSelectedColor: link, itemHoverColor: link, itemActiveColor: link },
      Typography: { ...links, colorError: error, colorErrorActive: error, colorWarning: token.colorText },
      Descriptions: { labelColor: colorTextDescription },
      Form: { colorError: error },
      Button: { ...links, colorError: error },
      Radio: { colorPrimary: link },
      Pagination: { colorPrimary: link },
    },
  };
}

/** Whether a background like `#141414` is nearer to black than to white. */
function isDark(background: string): boolean {
  const parts = /^#(..)(..)(..)/.exec(background)?.slice(1) ?? [];
  return parts.length > 0 && parts.reduce((sum, part) => sum + parseInt(part, 16), 0) < 3 * 128;
}
