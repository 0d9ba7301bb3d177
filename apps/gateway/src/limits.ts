/** Bounds and waiting times of one gateway. */

export interface GatewayLimits {
  readonly bodyMaxBytes: number;
  /** Of a whole answer, which is buffered. */
  readonly answerMaxBytes: number;
  readonly connectTimeoutMs: number;
  /** Of a stream: until its first event. */
  readonly firstTokenTimeoutMs: number;
  /** Of a batch's input file; a larger one, or one with more lines, is not read. OpenAI takes no more. */
  readonly batchFileMaxBytes: number;
  readonly batchMaxLines: number;
  readonly batchLineMaxBytes: number;
  /** Input files that are read at once; of one organization half as many. */
  readonly batchReads: number;
  /** Of a stream: between two events, and how long a client may not read. */
  readonly idleTimeoutMs: number;
  /** Of a whole answer, all tries together. */
  readonly totalTimeoutMs: number;
  readonly maxAttempts: number;
  /** Where a route or the request says what is tried; of any request, how often it is refused before anything is sent. */
  readonly maxRoutedAttempts: number;
  /** Whether the right-most address of `x-forwarded-for` is the client's. */
  readonly trustProxy: boolean;
  /** Requests at once, streams included; the next one is shed. */
  readonly maxActive: number;
  /** Of request bodies in memory. */
  readonly maxBufferedBytes: number;
  /** How late the event loop may come before requests are shed. */
  readonly maxLoopLagMs: number;
  /** Who takes the rest of an answer more slowly is not waited for. */
  readonly minReadBytesPerSecond: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  bodyMaxBytes: 32 * 1024 * 1024,
  batchFileMaxBytes: 200 * 1024 * 1024,
  batchMaxLines: 50_000,
  batchLineMaxBytes: 8 * 1024 * 1024,
  batchReads: 4,
  answerMaxBytes: 64 * 1024 * 1024,
  connectTimeoutMs: 5_000,
  firstTokenTimeoutMs: 60_000,
  idleTimeoutMs: 120_000,
  totalTimeoutMs: 600_000,
  maxAttempts: 3,
  maxRoutedAttempts: 10,
  trustProxy: false,
  maxActive: 20_000,
  maxBufferedBytes: 512 * 1024 * 1024,
  maxLoopLagMs: 200,
  minReadBytesPerSecond: 16 * 1024,
};
