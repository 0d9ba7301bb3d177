/** What is on no page of its own: lists of another kind, sheets, and windows that a button opens. Taken as pages are. */
import type { Page } from '@playwright/test';
import type { ConsolePage } from '../support/console-pages.ts';
import { expect } from '../support/test.ts';
import type { MoreOfFinance } from './seed/more-of-finance.ts';

export interface View extends ConsolePage {
  /** Opens the window; undefined: the address has all. */
  readonly open?: (page: Page) => Promise<void>;
}

export function listViewsOfFinance({ organizationId, showbackId, noteId }: MoreOfFinance): View[] {
  const operated = `/operator?open=${organizationId}`;
  return [
    // Contract prices stand below what the organization owes, and how dunning goes.
    { route: '/operator/organization', path: operated },
    { route: '/operator/dunning', path: operated, open: (page) => press(page, 'Change dunning') },
    { route: '/prices/tiers', path: '/prices?state=scheduled&q=qwen3-235b', open: openFirstRow },
    {
      route: '/prices/state-tiers',
      path: '/prices?state=scheduled&q=qwen3-235b',
      open: async (page) => {
        await openFirstRow(page);
        await press(page, 'State another price');
      },
    },
    { route: '/invoices/showback', path: '/invoices?kind=showback' },
    { route: '/invoices/showback-statement', path: `/invoices/${showbackId}` },
    { route: '/invoices/notes', path: '/invoices?kind=notes' },
    { route: '/invoices/note', path: `/invoices?kind=notes&note=${noteId}` },
    {
      route: '/reconciliation/account',
      path: '/reconciliation',
      open: (page) => press(page, 'Import'),
    },
  ];
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
  await expect(page.getByRole('dialog').last()).toBeVisible();
}

async function openFirstRow(page: Page): Promise<void> {
  await page.locator('main tbody tr').first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
}
