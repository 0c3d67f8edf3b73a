import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The place where the page itself ends and the host begins, or what lies on top of it. */
const PAGE = '.ant-card:has(.ant-tabs-tabpane)';
const ON_TOP = ['.ant-drawer-open', '.ant-modal-wrap'];

/**
 * White on the primary colour of the theme is the choice of the host and of who designs a theme: our buttons are to look
 * like all others. Everything else is ours.
 */
const OF_THE_HOST = '.ant-btn-primary';

/** What axe finds wrong with our part of the screen, or with the topmost drawer or question, in words. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(
    async ({ part, onTop, host }) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const shown = [...document.querySelectorAll(onTop.join())].filter((box) => box.getClientRects().length > 0);
      const found = await axe.run(shown.at(-1) ?? part, { resultTypes: ['violations'] });
      return found.violations.flatMap(({ id, nodes }) =>
        nodes
          .filter(({ target }) => id !== 'color-contrast' || !document.querySelector(String(target))?.closest(host))
          .map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
      );
    },
    { part: PAGE, onTop: ON_TOP, host: OF_THE_HOST },
  );
}
