import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { auth } from './auth.ts';
import { billing } from './billing.ts';
import { budgets } from './budgets.ts';
import { chargeback } from './chargeback.ts';
import { checks } from './checks.ts';
import { common } from './common.ts';
import { docs } from './docs.ts';
import { dataExports } from './exports.ts';
import { hygiene } from './hygiene.ts';
import { invoices } from './invoices.ts';
import { keyRules } from './key-rules.ts';
import { keys } from './keys.ts';
import { limits } from './limits.ts';
import { members } from './members.ts';
import { models } from './models.ts';
import { monthClose } from './month-close.ts';
import { notifications } from './notifications.ts';
import { onboarding } from './onboarding.ts';
import { operator } from './operator.ts';
import { overview } from './overview.ts';
import { parts } from './parts.ts';
import { playground } from './playground.ts';
import { prices } from './prices.ts';
import { problems } from './problems.ts';
import { providers } from './providers.ts';
import { rateLimits } from './rate-limits.ts';
import { reconciliation } from './reconciliation.ts';
import { requests } from './requests.ts';
import { routes } from './routes.ts';
import { security } from './security.ts';
import { serviceAccounts } from './service-accounts.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { teams } from './teams.ts';
import { usage } from './usage.ts';

/** Every area in English. A new area is one file and one line here. */
export const en = {
  alerts,
  audit,
  auth,
  billing,
  budgets,
  chargeback,
  checks,
  common,
  dataExports,
  docs,
  hygiene,
  invoices,
  keyRules,
  keys,
  limits,
  members,
  models,
  monthClose,
  notifications,
  onboarding,
  operator,
  overview,
  parts,
  playground,
  prices,
  problems,
  providers,
  rateLimits,
  reconciliation,
  requests,
  routes,
  security,
  serviceAccounts,
  settings,
  shell,
  teams,
  usage,
};
