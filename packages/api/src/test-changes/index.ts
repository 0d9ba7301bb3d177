/**
 * For tests: how each route that changes something is called so that it does. Keyed by route, so that every-change.db.test.ts
 * can hold it against the router's own list. A file an area.
 */
import { ALERT_CHANGES } from './alerts.ts';
import type { Changes } from './change.ts';
import { FACTOR_CHANGES } from './factors.ts';
import { FINANCE_CHANGES } from './finance.ts';
import { INVOICE_CHANGES } from './invoices.ts';
import { KEY_CHANGES } from './keys.ts';
import { PEOPLE_CHANGES } from './people.ts';
import { PLAYGROUND_CHANGES } from './playground.ts';
import { PRICE_CHANGES } from './prices.ts';
import { REPORT_CHANGES } from './reports.ts';
import { RESOLD_SPEND_CHANGES } from './resold-spend.ts';
import { SINGLE_SIGN_ON_CHANGES } from './single-sign-on.ts';

export type { Change, World } from './change.ts';
export { startGateway } from './playground.ts';
export { QUESTIONS } from './questions.ts';
export { testLookUp } from './single-sign-on.ts';

/** A call of each that succeeds, with what it needs made before; in brackets another of the same route. */
export const CHANGES: Changes = {
  ...PEOPLE_CHANGES,
  ...FACTOR_CHANGES,
  ...KEY_CHANGES,
  ...PLAYGROUND_CHANGES,
  ...PRICE_CHANGES,
  ...REPORT_CHANGES,
  ...FINANCE_CHANGES,
  ...INVOICE_CHANGES,
  ...ALERT_CHANGES,
  ...RESOLD_SPEND_CHANGES,
  ...SINGLE_SIGN_ON_CHANGES,
};
