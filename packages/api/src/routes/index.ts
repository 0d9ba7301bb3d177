/** Every route of the admin API. Static paths stand before those with parameters at the same place. */
import type { AnyRoute } from '../framework/route.ts';
import { adminTokenRoutes } from './admin-tokens.ts';
import { alertRuleRoutes } from './alert-rules.ts';
import { alertRoutes } from './alerts.ts';
import { auditEventRoutes } from './audit-events.ts';
import { authRoutes } from './auth.ts';
import { billDifferenceRoutes } from './bill-differences.ts';
import { billingRoutes } from './billing.ts';
import { budgetRoutes } from './budgets.ts';
import { chargebackRoutes } from './chargeback.ts';
import { creditNoteRoutes } from './credit-notes.ts';
import { domainRoutes } from './domains.ts';
import { exportDestinationRoutes } from './export-destinations.ts';
import { exportScheduleRoutes } from './export-schedules.ts';
import { exportRoutes } from './exports.ts';
import { healthRoutes } from './health.ts';
import { identityProviderRoutes } from './identity-provider.ts';
import { invitationRoutes } from './invitations.ts';
import { invoicePaymentRoutes } from './invoice-payments.ts';
import { invoiceRoutes } from './invoices.ts';
import { keyHygieneRoutes } from './key-hygiene.ts';
import { keyModelRoutes } from './key-models.ts';
import { keyPolicyRoutes } from './key-policies.ts';
import { keyRoutes } from './keys.ts';
import { markupRuleRoutes } from './markup-rules.ts';
import { meRoutes } from './me.ts';
import { meSecurityRoutes } from './me-security.ts';
import { memberRoutes } from './members.ts';
import { modelRoutes } from './models.ts';
import { monthCloseRoutes } from './month-close.ts';
import { notificationChannelRoutes } from './notification-channels.ts';
import { notificationRoutes } from './notifications.ts';
import { operatorBillingRoutes } from './operator-billing.ts';
import { operatorLetterheadRoutes } from './operator-letterhead.ts';
import { operatorOrganizationRoutes } from './operator-organizations.ts';
import { operatorResoldSpendRoutes } from './operator-resold-spend.ts';
import { operatorSystemRoutes } from './operator-system.ts';
import { organizationRoutes } from './organizations.ts';
import { playgroundRoutes } from './playground.ts';
import { policyRoutes } from './policy.ts';
import { priceStatementRoutes } from './price-statements.ts';
import { priceWhatIfRoutes } from './price-what-if.ts';
import { priceRoutes } from './prices.ts';
import { providerCredentialRoutes } from './provider-credentials.ts';
import { quarantinedEntryRoutes } from './quarantined-entries.ts';
import { rateLimitRoutes } from './rate-limits.ts';
import { reconciliationRoutes } from './reconciliations.ts';
import { requestPayloadRoutes } from './request-payload.ts';
import { requestRoutes } from './requests.ts';
import { reratingRoutes } from './reratings.ts';
import { resoldCredentialRoutes } from './resold-credentials.ts';
import { roleRoutes } from './roles.ts';
import { savedReportRoutes } from './saved-reports.ts';
import { savedViewRoutes } from './saved-views.ts';
import { searchRoutes } from './search.ts';
import { serviceAccountRoutes } from './service-accounts.ts';
import { stripeWebhookRoutes } from './stripe-webhook.ts';
import { teamRoutes } from './teams.ts';
import { trafficRoutes } from './traffic-routes.ts';
import { usageRoutes } from './usage.ts';
import { usageImportRoutes } from './usage-imports.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

export const ROUTES: readonly AnyRoute[] = [
  ...healthRoutes,
  ...authRoutes,
  ...meRoutes,
  ...meSecurityRoutes,
  ...organizationRoutes,
  ...teamRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...roleRoutes,
  ...serviceAccountRoutes,
  ...adminTokenRoutes,
  ...domainRoutes,
  ...identityProviderRoutes,
  ...keyHygieneRoutes,
  ...keyModelRoutes,
  ...keyPolicyRoutes,
  ...keyRoutes,
  ...policyRoutes,
  ...providerCredentialRoutes,
  ...trafficRoutes,
  ...rateLimitRoutes,
  ...budgetRoutes,
  ...modelRoutes,
  ...priceRoutes,
  ...priceStatementRoutes,
  ...priceWhatIfRoutes,
  ...reratingRoutes,
  ...markupRuleRoutes,
  ...resoldCredentialRoutes,
  ...requestRoutes,
  ...requestPayloadRoutes,
  ...savedViewRoutes,
  ...searchRoutes,
  ...exportRoutes,
  ...exportScheduleRoutes,
  ...exportDestinationRoutes,
  ...reconciliationRoutes,
  ...billDifferenceRoutes,
  ...usageImportRoutes,
  ...monthCloseRoutes,
  ...quarantinedEntryRoutes,
  ...chargebackRoutes,
  ...usageRoutes,
  ...savedReportRoutes,
  ...auditEventRoutes,
  ...invoiceRoutes,
  ...creditNoteRoutes,
  ...invoicePaymentRoutes,
  ...billingRoutes,
  ...operatorBillingRoutes,
  ...operatorLetterheadRoutes,
  ...operatorOrganizationRoutes,
  ...operatorResoldSpendRoutes,
  ...operatorSystemRoutes,
  ...stripeWebhookRoutes,
  ...alertRoutes,
  ...alertRuleRoutes,
  ...notificationChannelRoutes,
  ...webhookEndpointRoutes,
  ...notificationRoutes,
  ...playgroundRoutes,
];
