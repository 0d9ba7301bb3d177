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
import type { RequestCheck as RequestCheckSchema } from './limits/check-request.ts';
import type { DryRun as DryRunSchema } from './limits/dry-run.ts';
import type {
  AppliedBudget as AppliedBudgetSchema,
  AppliedRateLimit as AppliedRateLimitSchema,
} from './limits/effective-policy.ts';
import type { RefusalExplanation as RefusalExplanationSchema } from './limits/explain-refusal.ts';
import type { Budget as BudgetSchema, BudgetValue as BudgetValueSchema } from './limits/present-budget.ts';
import type { RateLimit as RateLimitSchema } from './limits/present-rate-limit.ts';
import type { ScopePreview as ScopePreviewSchema } from './limits/scope-preview.ts';
import type { MarkupRule as MarkupRuleSchema } from './prices/markup-rules.ts';
import type { Price as PriceSchema } from './prices/present-price.ts';
import type { Rerating as ReratingSchema } from './prices/present-rerating.ts';
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
import type { Invitation as InvitationSchema } from './routes/invitations.ts';
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
import type {
  NotificationPreference as NotificationPreferenceSchema,
  Notification as NotificationSchema,
} from './routes/notifications.ts';
import type {
  OperatorPlan as OperatorPlanSchema,
  TaxRateView as TaxRateSchema,
} from './routes/operator-billing.ts';
import type { OperatedOrganization as OperatedOrganizationSchema } from './routes/operator-organizations.ts';
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
import type {
  ListedPrice as ListedPriceSchema,
  UnknownPrice as UnknownPriceSchema,
  WhatIf as WhatIfSchema,
} from './routes/prices.ts';
import type {
  ConnectionTest as ConnectionTestSchema,
  ProviderCredential as ProviderCredentialSchema,
  ProviderInfo as ProviderInfoSchema,
} from './routes/provider-credentials.ts';
import type { Role as RoleSchema } from './routes/roles.ts';
import type { SavedReport as SavedReportSchema } from './routes/saved-reports.ts';
import type { ServiceAccount as ServiceAccountSchema } from './routes/service-accounts.ts';
import type { TeamDetail as TeamDetailSchema, Team as TeamSchema } from './routes/teams.ts';
import type { UsageRow as UsageRowSchema } from './routes/usage.ts';
import type { KeyActivity as KeyActivitySchema } from './virtual-keys/key-activity.ts';
import type { BulkKeyResult as BulkKeyResultSchema } from './virtual-keys/key-bulk.ts';
import type {
  KeyDetail as KeyDetailSchema,
  Key as KeySchema,
  KeyWithSecret as KeyWithSecretSchema,
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
export type BulkKeyResult = z.output<typeof BulkKeyResultSchema>;
export type DryRun = z.output<typeof DryRunSchema>;
export type EffectiveKeyRules = z.output<typeof EffectiveKeyRulesSchema>;
export type KeyActivity = z.output<typeof KeyActivitySchema>;
export type KeyRules = z.output<typeof KeyRulesSchema>;
export type RefusalExplanation = z.output<typeof RefusalExplanationSchema>;
export type RequestCheck = z.output<typeof RequestCheckSchema>;
export type ScopePreview = z.output<typeof ScopePreviewSchema>;
export type Budget = z.output<typeof BudgetSchema>;
export type BudgetValue = z.output<typeof BudgetValueSchema>;
export type ConnectionTest = z.output<typeof ConnectionTestSchema>;
export type Invitation = z.output<typeof InvitationSchema>;
export type Key = z.output<typeof KeySchema>;
export type KeyDetail = z.output<typeof KeyDetailSchema>;
export type KeyPolicy = z.output<typeof KeyPolicySchema>;
export type KeyWithSecret = z.output<typeof KeyWithSecretSchema>;
export type Me = z.output<typeof MeSchema>;
export type Member = z.output<typeof MemberSchema>;
export type MemberDetail = z.output<typeof MemberDetailSchema>;
export type RemovedSecondFactor = z.output<typeof RemovedSecondFactorSchema>;
export type Model = z.output<typeof ModelSchema>;
export type Notification = z.output<typeof NotificationSchema>;
export type NotificationPreference = z.output<typeof NotificationPreferenceSchema>;
export type NotificationChannel = z.output<typeof NotificationChannelSchema>;
export type NotificationTest = z.output<typeof TestOutcomeSchema>;
export type FailedJob = z.output<typeof FailedJobSchema>;
export type OperatedOrganization = z.output<typeof OperatedOrganizationSchema>;
export type Plan = z.output<typeof PlanSchema>;
export type OperatorPlan = z.output<typeof OperatorPlanSchema>;
export type SystemStanding = z.output<typeof SystemStandingSchema>;
export type TaxRate = z.output<typeof TaxRateSchema>;
export type Organization = z.output<typeof OrganizationSchema>;
export type PlaygroundPrompt = z.output<typeof PlaygroundPromptSchema>;
export type PlaygroundPromptDetail = z.output<typeof PlaygroundPromptDetailSchema>;
export type ListedPrice = z.output<typeof ListedPriceSchema>;
export type Price = z.output<typeof PriceSchema>;
export type MarkupRule = z.output<typeof MarkupRuleSchema>;
export type Rerating = z.output<typeof ReratingSchema>;
export type UnknownPrice = z.output<typeof UnknownPriceSchema>;
export type WhatIf = z.output<typeof WhatIfSchema>;
export type ProviderInfo = z.output<typeof ProviderInfoSchema>;
export type ProviderCredential = z.output<typeof ProviderCredentialSchema>;
export type RateLimit = z.output<typeof RateLimitSchema>;
export type RequestDetail = z.output<typeof RequestDetailSchema>;
export type RequestSummary = z.output<typeof RequestSummarySchema>;
export type Role = z.output<typeof RoleSchema>;
export type SavedReport = z.output<typeof SavedReportSchema>;
export type SavedView = z.output<typeof SavedViewSchema>;
export type SecurityEvent = z.output<typeof SecurityEventSchema>;
export type WaitingEmail = z.output<typeof WaitingEmailSchema>;
export type ServiceAccount = z.output<typeof ServiceAccountSchema>;
export type Session = z.output<typeof SessionSchema>;
export type Team = z.output<typeof TeamSchema>;
export type TeamDetail = z.output<typeof TeamDetailSchema>;
export type TeamPolicy = z.output<typeof TeamPolicySchema>;
export type UsageRow = z.output<typeof UsageRowSchema>;
export type WebhookDelivery = z.output<typeof WebhookDeliverySchema>;
export type WebhookEndpoint = z.output<typeof WebhookEndpointSchema>;

/** The answer of every list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}
