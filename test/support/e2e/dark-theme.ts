import type { Page } from 'playwright-core';

interface Fiber {
  readonly memoizedProps?: { readonly value?: unknown };
  readonly child?: Fiber | null;
  readonly sibling?: Fiber | null;
}

interface Themes {
  readonly theme: object;
  setTheme(theme: object): void;
}

/** What NocoBase's theme editor does, which this host does not have: it hands another theme to the client's provider. */
export async function useDarkTheme(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const modules = window as unknown as {
      requirejs: { requirejs: (names: string[], done: (found: never) => void, failed: (error: Error) => void) => void };
    };
    const antd = await new Promise<{ theme: { darkAlgorithm: unknown } }>((resolve, reject) =>
      modules.requirejs.requirejs(['antd'], resolve, reject),
    );
    const isThemes = (value: unknown): value is Themes =>
      typeof value === 'object' && value !== null && 'setTheme' in value;
    const find = (fiber?: Fiber | null): Themes | undefined => {
      for (let one = fiber; one; one = one.sibling) {
        const value = one.memoizedProps?.value;
        const found = isThemes(value) ? value : find(one.child);
        if (found) return found;
      }
      return undefined;
    };
    const root = document.getElementById('root') as unknown as Record<string, Fiber>;
    const themes = find(root[Object.keys(root).find((key) => key.startsWith('__reactContainer')) ?? '']);
    if (!themes) throw new Error('The client keeps its theme elsewhere.');
    themes.setTheme({ ...themes.theme, algorithm: antd.theme.darkAlgorithm });
  });
}
