/** Finds what on a page may open a window: its buttons, one of each name, and the first row of each table. */
import type { Page } from '@playwright/test';

const MARK = 'data-walked-now';

/** Selector of what `markNext` marked last. */
export const OPENER = `[${MARK}]`;

/**
 * Marks the next button or row that was not opened yet.
 *
 * @param seen Names of those that were.
 * @param within Selector of what is searched.
 * @returns Its name; undefined when all were.
 */
export function markNext(page: Page, seen: readonly string[], within: string): Promise<string | undefined> {
  return page.evaluate(
    ({ mark, names, root }) => {
      for (const marked of document.querySelectorAll(`[${mark}]`)) marked.removeAttribute(mark);
      const candidates = document.querySelectorAll<HTMLElement>(
        `${root} button, ${root} tbody tr[data-row-id][tabindex]`,
      );
      // Lists to choose from are the components' own: the page that shows every component shows them.
      const roles = location.pathname === '/design' ? ['button', 'combobox'] : ['button'];
      for (const element of candidates) {
        const name = nameOf(element);
        if (name === undefined || names.includes(name)) continue;
        element.setAttribute(mark, '');
        return name;
      }
      return undefined;

      /** Undefined for what opens nothing, and for all rows but the first. */
      function nameOf(element: HTMLElement): string | undefined {
        const role = element.getAttribute('role');
        const row = element.closest('tbody tr');
        const firstRow = row?.parentElement?.querySelector('tr[data-row-id]') ?? null;
        if (firstRow !== null && row !== firstRow) return undefined;
        if (element.tagName !== 'TR' && role !== null && !roles.includes(role)) return undefined;
        if (element.matches('[disabled], [aria-disabled="true"], [aria-pressed], [type="submit"]'))
          return undefined;
        if (element.closest('th, [aria-hidden="true"], [inert]') !== null) return undefined;
        if (!element.checkVisibility({ visibilityProperty: true })) return undefined;
        const caption = element.closest('table')?.querySelector('caption')?.textContent ?? '';
        if (element.tagName === 'TR') return `row of ${caption}`;
        // Buttons of a row are told apart by their place: their names carry the name of the row's object.
        if (firstRow !== null) {
          const place = [...firstRow.querySelectorAll('button')].indexOf(element as HTMLButtonElement);
          return `${caption}: button ${place + 1} of a row`;
        }
        const labels = (element.getAttribute('aria-labelledby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id));
        const labelled = labels
          .map((label) => label?.textContent ?? '')
          .join(' ')
          .trim();
        return (element.getAttribute('aria-label') ?? (labelled || (element.textContent ?? ''))).trim();
      }
    },
    { mark: MARK, names: seen, root: within },
  );
}
