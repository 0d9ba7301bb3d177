/** Roll-ups, invoices, notes and their documents. The public names of this package; everything else is private. */

export {
  addCreditEntry,
  type CreditEntryView,
  type CreditKind,
  listCreditEntries,
} from './credits/credit-ledger.ts';
export { type CreditStanding, getCreditStanding, watchBalance } from './credits/low-balance.ts';
export { topUpAutomatically } from './credits/top-up.ts';
export {
  getInvoiceDocument,
  listUnrenderedInvoices,
  renderInvoiceDocuments,
} from './documents/invoice-documents.ts';
export { getNoteDocument, listUnrenderedNotes } from './documents/note-documents.ts';
export type { StatementPart } from './documents/statement-part.ts';
export { DOCUMENT_KINDS, type DocumentKind, type InvoiceDocument } from './documents/stored-document.ts';
export { DunningPolicy } from './dunning/dunning-policy.ts';
export { findDunningLimits } from './dunning/held-limits.ts';
export { type DunningOptions, type DunningResult, runDunning } from './dunning/run-dunning.ts';
export { deliverExports } from './exports/deliver-exports.ts';
export {
  auditDestinationTest,
  createDestination,
  type ExportDestination,
  type ExportsChange,
  getDestination,
  listDestinations,
  lockDestination,
  removeDestination,
  testDestination,
  updateDestination,
} from './exports/export-destinations.ts';
export {
  type ExportRequest,
  type ExportView,
  type ExportWork,
  getExport,
  listExports,
  makeExports,
  openExportFile,
  requestExport,
} from './exports/export-jobs.ts';
export { EXPORT_FORMATS, type ExportFormat, JOB_FORMATS, type JobFormat } from './exports/export-table.ts';
export { DELIVERY_STATES, deliverAgain, listDeliveries } from './exports/list-deliveries.ts';
export {
  countUsageEntries,
  INVOICE_VIEWS,
  type InvoiceExportView,
  NOTE_VIEWS,
  type OpenedExport,
  openCreditNoteExport,
  openInvoiceExport,
  openUsageExport,
  USAGE_VIEWS,
  type UsageExportView,
} from './exports/open-export.ts';
export { KEPT_HERE, SCHEDULE_INTERVALS, SCHEDULE_KINDS } from './exports/scheduled-exports.ts';
export type { UsageQuestion } from './exports/usage-rows.ts';
export { BillingError, type BillingErrorCode, type BillingErrorReason } from './lifecycle/billing-error.ts';
export { CLOSE_ACTOR, type CloseOptions, type CloseResult, closePeriods } from './lifecycle/close-periods.ts';
export { type FinalizedInvoice, finalizeInvoice, type InvoiceStep } from './lifecycle/finalize.ts';
export { FrozenInvoice, FrozenLine } from './lifecycle/frozen-invoice.ts';
export { type DueNotesOptions, issueDueNotes } from './lifecycle/issue-due-notes.ts';
export { issueCreditNote, type NoteStep } from './lifecycle/issue-note.ts';
export {
  changeIssuer,
  getIssuerVersion,
  type IssuerVersion,
  lockIssuer,
  SERIES_PREFIX,
  TEST_PREFIX,
} from './lifecycle/issuer.ts';
export { markPaid, markUncollectible, type PaidByHand, voidInvoice } from './lifecycle/settle-invoice.ts';
export type { CloseScope } from './month-close/close-facts.ts';
export { CLOSE_STEPS, type CloseStep, CONFIRMABLE_STEPS } from './month-close/close-step.ts';
export { confirmCloseStep, saveStep, withdrawCloseStep } from './month-close/confirm-step.ts';
export { type LateEntryView, listLateEntries } from './month-close/late-entries.ts';
export { getMonthClose, type MonthClose } from './month-close/month-close.ts';
export { BUCKET_NAME, OBJECT_PREFIX, REGION_NAME } from './object-storage/bucket.ts';
export { type CollectionView, getCollection, refreshFromStripe } from './payments/collection-view.ts';
export type { PaymentView } from './payments/payment.ts';
export {
  type BillingPeriod,
  billingPeriodAt,
  billingPeriodsBetween,
  type TimeZoneFrom,
} from './period/billing-period.ts';
export { firstOfTwo, localStart } from './period/local-start.ts';
export { takeUpTimeZone } from './period/take-up-time-zone.ts';
export { refreshDrafts } from './plans/ensure-drafts.ts';
export { getSeatStanding, raiseSeats, type SeatRaise, type SeatStanding } from './plans/seats.ts';
export {
  changeSubscription,
  FREE_PLAN_ID,
  getSubscription,
  listPlans,
  type PlanView,
  type SubscriptionView,
  toPlanView,
} from './plans/subscription.ts';
export {
  type BillingProfileView,
  changeBillingProfile,
  getBillingProfile,
  lockBillingProfile,
  type ProfileChange,
} from './profile/billing-profile.ts';
export {
  type CreditNoteLineView,
  type CreditNoteView,
  getCreditNote,
  listCreditNotes,
  listNoteLineRequests,
  type NoteLineRequestView,
} from './queries/credit-notes.ts';
export {
  getInvoice,
  type InvoiceDetail,
  type InvoiceFilter,
  type InvoiceLineView,
  type InvoiceView,
  listInvoiceLines,
  listInvoices,
} from './queries/invoices.ts';
export { type LineRequestsFilter, type LineRequestView, listLineRequests } from './queries/line-requests.ts';
export { componentLabel } from './queries/line-text.ts';
export { InvalidCursorError, type Page, type PageOptions } from './queries/page-cursor.ts';
export { rebuildDraft, rebuildDrafts, rebuildRollups } from './rollup/rebuild.ts';
export { type RollUpOptions, rollUp } from './rollup/roll-up.ts';
export { PAIR_SEPARATOR, SUMMARIZED_PAIRS } from './rollup/summary-rows.ts';
export { extendSummaries } from './rollup/usage-summaries.ts';
export { getChargeback, previewCostSplit } from './splits/chargeback.ts';
export { listCostSplits, MAX_SPLIT_SHARES, SPLIT_STATES, setCostSplit } from './splits/cost-splits.ts';
export { type ApplyEventsOptions, applyStripeEvents } from './stripe/apply-event.ts';
export {
  askStripe,
  assertTopUpAmount,
  type CheckoutRequest,
  startPaymentMethodCheckout,
  startPortal,
  startTopUpCheckout,
} from './stripe/checkout.ts';
export { CollectionError, type CollectionErrorCode } from './stripe/collection-error.ts';
export {
  compareWithStripe,
  type Difference,
  type DifferenceView,
  listDifferences,
} from './stripe/compare.ts';
export { retryPushes } from './stripe/push-queue.ts';
export { type RunPushesOptions, runPushes } from './stripe/run-pushes.ts';
export { openPaymentProcessor, type PaymentProcessor, type StripeSettings } from './stripe/stripe-client.ts';
export { SignatureError, storeEvent, verifyEvent } from './stripe/webhook.ts';
export { COUNTRY_CODES, canonicalCountry } from './tax/country.ts';
export { isTaxIdOf, taxIdExample } from './tax/tax-id.ts';
export { type TaxRate, TaxRates } from './tax/tax-rates.ts';
