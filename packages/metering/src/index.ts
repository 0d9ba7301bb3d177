/** The gateway's books: write-ahead log, shipping, and the ledger's intake. The public names of this package. */
export { type BatchCost, BatchCosts, type ModelCost } from './batches/batch-costs.ts';
export {
  type EndedBatch,
  type FollowedBatch,
  keepBatch,
  listDueBatches,
  loadBatchPrices,
  postponeBatch,
  settleBatch,
} from './batches/followed-batches.ts';
export { loadGatewayId } from './epoch/gateway-identity.ts';
export { EpochRegistry, type RegistryOptions } from './epoch/registry.ts';
export type {
  AttemptStatus,
  AttemptTarget,
  BatchModel,
  BudgetHold,
  DispatchFrame,
  Frame,
  OrphanSettlement,
  ProgressFrame,
  RequestFrame,
  RequestSubject,
  ServedRoute,
  SettleFrame,
  StartedBatch,
  Substitution,
  UsageBatch,
  UsageEntryRecord,
  UsageSource,
} from './frame.ts';
export {
  BatchIngest,
  type FirstRequest,
  type IngestOptions,
  type IngestOutcome,
  type IngestPayload,
  ingestBatch,
} from './ingest/ingest-batch.ts';
export { type EntryLine, MAX_BATCH_MODELS } from './ingest/line-schema.ts';
export type { QuarantineReason } from './ingest/quarantine.ts';
export { type AfterRelease, releaseQuarantined } from './ingest/release-quarantined.ts';
export { type CursorOptions, inWindow, withLedgerCursor, type XidWindow } from './ledger/cursor.ts';
export { findRequest, getRequest, type LedgerRequest } from './ledger/get-request.ts';
export { openLog } from './log/log.ts';
export type { Log, LogOptions } from './log/log-contract.ts';
export { assumedOf, markupOf, priceJsonOf, type RatedAttempt, rateAttempt } from './log/rate-attempt.ts';
export { INTERRUPTED_CODE, INTERRUPTED_STATUS, type ReplayResult, replayEpoch } from './log/replay.ts';
export { type Metering, type MeteringOptions, openMetering } from './open-metering.ts';
export { postgresWatermarks } from './ship/postgres-watermarks.ts';
export { queuePublisher } from './ship/queue-publisher.ts';
export {
  Shipper,
  type ShipperOptions,
  type ShipperState,
  type UsagePublisher,
  type WatermarkReader,
} from './ship/shipper.ts';
export { SlotList } from './slot-list.ts';
