/** The audit log and its chain. The public names of this package; everything else is private. */
export {
  type AuditActor,
  type AuditEntry,
  type AuditOrigin,
  type AuditTarget,
  changedFields,
  NO_ORIGIN,
  recordAudit,
} from './audit-event.ts';
export { type ChainedEvent, canonicalEvent, GENESIS_HASH, sealHash } from './chain.ts';
export { type CheckpointSigner, createCheckpointSigner } from './checkpoint.ts';
export type { ChainHead } from './checkpoint-text.ts';
export { exportAuditLog, readSealedLog } from './export-log.ts';
export { type AuditEventRow, type AuditFilter, findAuditEvent, listAuditEvents } from './list-events.ts';
export { type SealOptions, type SealResult, sealAuditEvents } from './seal.ts';
export {
  type ChainProblem,
  type ChainProblemKind,
  type ChainReport,
  verifyAuditChain,
} from './verify-chain.ts';
