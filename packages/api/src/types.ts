/** The shapes of answers, for clients. Types only: importing them brings no code along. */

import type { z } from 'zod';
import type {
  AlertDelivery as AlertDeliverySchema,
  AlertRule as AlertRuleSchema,
  Alert as AlertSchema,
  NotificationChannel as NotificationChannelSchema,
  TestOutcome as TestOutcomeSchema,
  WebhookDelivery as WebhookDeliverySchema,
  WebhookEndpoint as WebhookEndpointSchema,
} from './alerts/present-alert.ts';
import type { Plan as PlanSchema } from './billing/billing-fields.ts';
import type {
  CreditNoteListItem as CreditNoteListItemSchema,
  CreditNote as CreditNoteSchema,
  InvoiceLine as InvoiceLineSchema,
  InvoiceListItem as InvoiceListItemSchema,
  Invoice as InvoiceSchema,
  LineRequest as LineRequestSchema,
  NoteLineRequest as NoteLineRequestSchema,
} from './billing/invoice-shapes.ts';
import type { RequestCheck as RequestCheckSchema } from './limits/check-request.ts';
import type { DryRun as DryRunSchema } from './limits/dry-run.ts';
import type {
  AppliedBudget as AppliedBudgetSchema,
  AppliedRateLimit as AppliedRateLimitSchema,
} from './limits/effective-policy.ts';
import type { RefusalExplanation as RefusalExplanationSchema } from './limits/explain-refusal.ts';
import type { KeyModel as KeyModelSchema, KeyReach as KeyReachSchema } from './limits/key-reach.ts';
import type { Budget as BudgetSchema, BudgetValue as BudgetValueSchema } from './limits/present-budget.ts';
import type { RateLimit as RateLimitSchema } from './limits/present-rate-limit.ts';
import type { RateLimitUse as RateLimitUseSchema } from './limits/rate-limit-use.ts';
import type { NewResoldSpend as NewResoldSpendSchema } from './limits/resold-spend.ts';
import type { ScopePreview as ScopePreviewSchema } from './limits/scope-preview.ts';
import type { MarkupRule as MarkupRuleSchema } from './prices/markup-rules.ts';
import type { Price as PriceSchema } from './prices/present-price.ts';
import type { Rerating as ReratingSchema } from './prices/present-rerating.ts';
import type {
  ConnectionTest as ConnectionTestSchema,
  ProviderCredential as ProviderCredentialSchema,
} from './provider-credentials/credential-shapes.ts';
import type {
  RequestDetail as RequestDetailSchema,
  RequestSummary as RequestSummarySchema,
} from './requests/present-request.ts';
import type { SavedView as SavedViewSchema } from './requests/saved-views.ts';
import type { AdminToken as AdminTokenSchema } from './routes/admin-tokens.ts';
import type {
  AuditEvent as AuditEventSchema,
  Verification as VerificationSchema,
} from './routes/audit-events.ts';
import type { BillDifference as BillDifferenceSchema } from './routes/bill-differences.ts';
import type {
  Billing as BillingSchema,
  CreditEntry as CreditEntrySchema,
  StripeDifference as StripeDifferenceSchema,
} from './routes/billing.ts';
import type {
  Chargeback as ChargebackSchema,
  CostSplit as CostSplitSchema,
  SplitPreview as SplitPreviewSchema,
} from './routes/chargeback.ts';
import type {
  ExportDelivery as ExportDeliverySchema,
  ExportDestination as ExportDestinationSchema,
} from './routes/export-destinations.ts';
import type { ExportSchedule as ExportScheduleSchema } from './routes/export-schedules.ts';
import type { DataExport as DataExportSchema } from './routes/exports.ts';
import type {
  Invitation as InvitationSchema,
  InvitationSeats as InvitationSeatsSchema,
} from './routes/invitations.ts';
import type { Collection as InvoiceCollectionSchema } from './routes/invoice-payments.ts';
import type { Me as MeSchema, Session as SessionSchema } from './routes/me.ts';
import type {
  AccountSecurity as AccountSecuritySchema,
  SecurityEvent as SecurityEventSchema,
  WaitingEmail as WaitingEmailSchema,
} from './routes/me-security.ts';
import type {
  MemberDetail as MemberDetailSchema,
  Member as MemberSchema,
  RemovedSecondFactor as RemovedSecondFactorSchema,
} from './routes/members.ts';
import type { Model as ModelSchema } from './routes/models.ts';
import type { LateEntry as LateEntrySchema, MonthClose as MonthCloseSchema } from './routes/month-close.ts';
import type {
  NotificationPreference as NotificationPreferenceSchema,
  Notification as NotificationSchema,
} from './routes/notifications.ts';
import type {
  OperatorPlan as OperatorPlanSchema,
  TaxRateView as TaxRateSchema,
} from './routes/operator-billing.ts';
import type { Letterhead as LetterheadSchema } from './routes/operator-letterhead.ts';
import type {
  OperatedOrganizationDetail as OperatedOrganizationDetailSchema,
  OperatedOrganization as OperatedOrganizationSchema,
} from './routes/operator-organizations.ts';
import type {
  FailedJob as FailedJobSchema,
  SystemStanding as SystemStandingSchema,
} from './routes/operator-system.ts';
import type { Organization as OrganizationSchema } from './routes/organizations.ts';
import type {
  PlaygroundPromptDetail as PlaygroundPromptDetailSchema,
  PlaygroundPrompt as PlaygroundPromptSchema,
} from './routes/playground.ts';
import type { KeyPolicy as KeyPolicySchema, TeamPolicy as TeamPolicySchema } from './routes/policy.ts';
import type { WhatIf as WhatIfSchema } from './routes/price-what-if.ts';
import type {
  ListedPrice as ListedPriceSchema,
  UnknownPrice as UnknownPriceSchema,
} from './routes/prices.ts';
import type { ProviderInfo as ProviderInfoSchema } from './routes/provider-credentials.ts';
import type { QuarantinedEntry as QuarantinedEntrySchema } from './routes/quarantined-entries.ts';
import type {
  ComparedReconciliation as ComparedReconciliationSchema,
  ImportedReconciliation as ImportedReconciliationSchema,
  ReconciliationListItem as ReconciliationListItemSchema,
  Reconciliation as ReconciliationSchema,
} from './routes/reconciliations.ts';
import type {
  PayloadBody as PayloadBodySchema,
  RequestPayload as RequestPayloadSchema,
} from './routes/request-payload.ts';
import type { ResoldTraffic as ResoldTrafficSchema } from './routes/resold-credentials.ts';
import type { Role as RoleSchema } from './routes/roles.ts';
import type { SavedReport as SavedReportSchema } from './routes/saved-reports.ts';
import type { FoundThing as FoundThingSchema } from './routes/search.ts';
import type { ServiceAccount as ServiceAccountSchema } from './routes/service-accounts.ts';
import type {
  ListedTeam as ListedTeamSchema,
  TeamDetail as TeamDetailSchema,
  Team as TeamSchema,
} from './routes/teams.ts';
import type { UsageRow as UsageRowSchema } from './routes/usage.ts';
import type {
  SpendRow as GatewaySpendRowSchema,
  UsageImport as UsageImportSchema,
} from './routes/usage-imports.ts';
import type { RoutePreview as RoutePreviewSchema } from './routing/preview-route.ts';
import type { Route as RouteSchema } from './routing/route-shapes.ts';
import type {
  Domain as DomainSchema,
  IdentityProvider as IdentityProviderSchema,
  IdentityProviderTest as IdentityProviderTestSchema,
  SignInWays as SignInWaysSchema,
  SingleSignOn as SingleSignOnSchema,
} from './single-sign-on/shapes.ts';
import type { KeyActivity as KeyActivitySchema } from './virtual-keys/key-activity.ts';
import type { BulkKeyResult as BulkKeyResultSchema } from './virtual-keys/key-bulk.ts';
import type {
  KeyDetail as KeyDetailSchema,
  Key as KeySchema,
  KeyWithSecret as KeyWithSecretSchema,
  ListedKey as ListedKeySchema,
} from './virtual-keys/present-key.ts';
import type {
  EffectiveKeyRules as EffectiveKeyRulesSchema,
  KeyPolicyRulesAnswer as KeyRulesSchema,
} from './virtual-keys/present-key-policy.ts';

export type AccountSecurity = z.output<typeof AccountSecuritySchema>;
export type AdminToken = z.output<typeof AdminTokenSchema>;
export type Alert = z.output<typeof AlertSchema>;
export type AlertDelivery = z.output<typeof AlertDeliverySchema>;
export type AlertRule = z.output<typeof AlertRuleSchema>;
export type AppliedBudget = z.output<typeof AppliedBudgetSchema>;
export type AppliedRateLimit = z.output<typeof AppliedRateLimitSchema>;
export type AuditEvent = z.output<typeof AuditEventSchema>;
export type AuditVerification = z.output<typeof VerificationSchema>;
export type BillDifference = z.output<typeof BillDifferenceSchema>;
export type Billing = z.output<typeof BillingSchema>;
export type Budget = z.output<typeof BudgetSchema>;
export type BudgetValue = z.output<typeof BudgetValueSchema>;
export type BulkKeyResult = z.output<typeof BulkKeyResultSchema>;
export type Chargeback = z.output<typeof ChargebackSchema>;
export type ComparedReconciliation = z.output<typeof ComparedReconciliationSchema>;
export type ConnectionTest = z.output<typeof ConnectionTestSchema>;
export type CostSplit = z.output<typeof CostSplitSchema>;
export type CreditEntry = z.output<typeof CreditEntrySchema>;
export type NoteLineRequest = z.output<typeof NoteLineRequestSchema>;
export type CreditNote = z.output<typeof CreditNoteSchema>;
export type CreditNoteListItem = z.output<typeof CreditNoteListItemSchema>;
export type DataExport = z.output<typeof DataExportSchema>;
export type Domain = z.output<typeof DomainSchema>;
export type DryRun = z.output<typeof DryRunSchema>;
export type EffectiveKeyRules = z.output<typeof EffectiveKeyRulesSchema>;
export type ExportDelivery = z.output<typeof ExportDeliverySchema>;
export type ExportDestination = z.output<typeof ExportDestinationSchema>;
export type ExportSchedule = z.output<typeof ExportScheduleSchema>;
export type FailedJob = z.output<typeof FailedJobSchema>;
export type FoundThing = z.output<typeof FoundThingSchema>;
export type GatewaySpendRow = z.output<typeof GatewaySpendRowSchema>;
export type IdentityProvider = z.output<typeof IdentityProviderSchema>;
export type IdentityProviderTest = z.output<typeof IdentityProviderTestSchema>;
export type ImportedReconciliation = z.output<typeof ImportedReconciliationSchema>;
export type Invitation = z.output<typeof InvitationSchema>;
export type InvitationSeats = z.output<typeof InvitationSeatsSchema>;
export type Invoice = z.output<typeof InvoiceSchema>;
export type InvoiceCollection = z.output<typeof InvoiceCollectionSchema>;
export type InvoiceLine = z.output<typeof InvoiceLineSchema>;
export type InvoiceListItem = z.output<typeof InvoiceListItemSchema>;
export type Key = z.output<typeof KeySchema>;
export type KeyActivity = z.output<typeof KeyActivitySchema>;
export type KeyDetail = z.output<typeof KeyDetailSchema>;
export type KeyModel = z.output<typeof KeyModelSchema>;
export type KeyReach = z.output<typeof KeyReachSchema>;
export type KeyPolicy = z.output<typeof KeyPolicySchema>;
export type KeyRules = z.output<typeof KeyRulesSchema>;
export type KeyWithSecret = z.output<typeof KeyWithSecretSchema>;
export type LateEntry = z.output<typeof LateEntrySchema>;
export type Letterhead = z.output<typeof LetterheadSchema>;
export type LineRequest = z.output<typeof LineRequestSchema>;
export type ListedKey = z.output<typeof ListedKeySchema>;
export type ListedPrice = z.output<typeof ListedPriceSchema>;
export type ListedTeam = z.output<typeof ListedTeamSchema>;
export type MarkupRule = z.output<typeof MarkupRuleSchema>;
export type Me = z.output<typeof MeSchema>;
export type Member = z.output<typeof MemberSchema>;
export type MemberDetail = z.output<typeof MemberDetailSchema>;
export type Model = z.output<typeof ModelSchema>;
export type MonthClose = z.output<typeof MonthCloseSchema>;
export type NewResoldSpend = z.output<typeof NewResoldSpendSchema>;
export type Notification = z.output<typeof NotificationSchema>;
export type NotificationChannel = z.output<typeof NotificationChannelSchema>;
export type NotificationPreference = z.output<typeof NotificationPreferenceSchema>;
export type NotificationTest = z.output<typeof TestOutcomeSchema>;
export type OperatedOrganization = z.output<typeof OperatedOrganizationSchema>;
export type OperatedOrganizationDetail = z.output<typeof OperatedOrganizationDetailSchema>;
export type OperatorPlan = z.output<typeof OperatorPlanSchema>;
export type Organization = z.output<typeof OrganizationSchema>;
export type PayloadBody = z.output<typeof PayloadBodySchema>;
export type Plan = z.output<typeof PlanSchema>;
export type PlaygroundPrompt = z.output<typeof PlaygroundPromptSchema>;
export type PlaygroundPromptDetail = z.output<typeof PlaygroundPromptDetailSchema>;
export type Price = z.output<typeof PriceSchema>;
export type ProviderCredential = z.output<typeof ProviderCredentialSchema>;
export type ProviderInfo = z.output<typeof ProviderInfoSchema>;
export type QuarantinedEntry = z.output<typeof QuarantinedEntrySchema>;
export type RateLimit = z.output<typeof RateLimitSchema>;
export type RateLimitUse = z.output<typeof RateLimitUseSchema>;
export type Reconciliation = z.output<typeof ReconciliationSchema>;
export type ReconciliationListItem = z.output<typeof ReconciliationListItemSchema>;
export type RefusalExplanation = z.output<typeof RefusalExplanationSchema>;
export type RemovedSecondFactor = z.output<typeof RemovedSecondFactorSchema>;
export type RequestCheck = z.output<typeof RequestCheckSchema>;
export type RequestDetail = z.output<typeof RequestDetailSchema>;
export type RequestPayload = z.output<typeof RequestPayloadSchema>;
export type RequestSummary = z.output<typeof RequestSummarySchema>;
export type Rerating = z.output<typeof ReratingSchema>;
export type ResoldTraffic = z.output<typeof ResoldTrafficSchema>;
export type Role = z.output<typeof RoleSchema>;
export type Route = z.output<typeof RouteSchema>;
export type RoutePreview = z.output<typeof RoutePreviewSchema>;
export type SavedReport = z.output<typeof SavedReportSchema>;
export type SavedView = z.output<typeof SavedViewSchema>;
export type ScopePreview = z.output<typeof ScopePreviewSchema>;
export type SecurityEvent = z.output<typeof SecurityEventSchema>;
export type ServiceAccount = z.output<typeof ServiceAccountSchema>;
export type Session = z.output<typeof SessionSchema>;
export type SignInWays = z.output<typeof SignInWaysSchema>;
export type SingleSignOn = z.output<typeof SingleSignOnSchema>;
export type SplitPreview = z.output<typeof SplitPreviewSchema>;
export type StripeDifference = z.output<typeof StripeDifferenceSchema>;
export type SystemStanding = z.output<typeof SystemStandingSchema>;
export type TaxRate = z.output<typeof TaxRateSchema>;
export type Team = z.output<typeof TeamSchema>;
export type TeamDetail = z.output<typeof TeamDetailSchema>;
export type TeamPolicy = z.output<typeof TeamPolicySchema>;
export type UnknownPrice = z.output<typeof UnknownPriceSchema>;
export type UsageImport = z.output<typeof UsageImportSchema>;
export type UsageRow = z.output<typeof UsageRowSchema>;
export type WaitingEmail = z.output<typeof WaitingEmailSchema>;
export type WebhookDelivery = z.output<typeof WebhookDeliverySchema>;
export type WebhookEndpoint = z.output<typeof WebhookEndpointSchema>;
export type WhatIf = z.output<typeof WhatIfSchema>;

/** The answer of every list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}
