export {
  bodyOf,
  isText,
  MAX_BODY_BYTES,
  MAX_RETENTION_DAYS,
  type Payload,
  type PayloadBody,
} from './payload.ts';
export { PayloadKeeper, type PayloadKeeperOptions } from './payload-keeper.ts';
export {
  deleteExpiredPayloads,
  findPayload,
  findPayloadExpiry,
  insertPayloads,
  type KeptPayload,
  type PayloadRecord,
  payloadsSince,
} from './payload-store.ts';
