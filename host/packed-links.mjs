import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The relative links and pictures of a package's pages that lead to nothing in it: somebody who has only the installed
 * package reads them, too.
 *
 * @param {string} folder what was packed
 * @returns {string[]} each as `page: link`
 */
export function deadLinks(folder) {
  const pages = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.md'));
  if (!pages.includes('README.md')) return ['README.md: missing'];
  return pages.flatMap((page) =>
    linksOf(join(folder, page))
      .filter((link) => !leadsSomewhere(folder, join(dirname(join(folder, page)), decodeURI(link))))
      .map((link) => `${page}: ${link}`),
  );
}

/** `[text](page.md#heading)` → `page.md`; links to other sites and within the page are left out. */
function linksOf(page) {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) => link);
  return links.filter((link) => !/^[a-z]+:/i.test(link));
}

function leadsSomewhere(folder, target) {
  if (relative(folder, target).startsWith('..') || !existsSync(target)) return false;
  return !statSync(target).isDirectory() || readdirSync(target).length > 0;
}
