import type { Locator, Page } from 'playwright-core';

/** What of our part of the screen is wider than its place, in words; nothing is what is wanted. */
export async function whatOverflows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ours = '.ant-tabs-tabpane-active section, .ant-drawer-open .ant-drawer-body, .ant-drawer-open section';
    const boxes = [
      document.documentElement,
      ...document.querySelectorAll(`${ours}, .ant-drawer-open .ant-table-content`),
    ];
    return boxes
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(
        ({ tagName, className, scrollWidth, clientWidth }) =>
          `${tagName} ${className}: ${scrollWidth} in ${clientWidth}`,
      );
  });
}

/** Buttons that reach out of the screen to the left or right, by their names. */
export async function whatIsOutOfSight(within: Locator): Promise<string[]> {
  return within.getByRole('button').evaluateAll((buttons) =>
    buttons
      .filter((button) => {
        const { left, right, width } = button.getBoundingClientRect();
        return width > 0 && (left < 0 || right > document.documentElement.clientWidth);
      })
      .map((button) => button.getAttribute('aria-label') ?? button.textContent ?? ''),
  );
}
