/** Queues between our processes: names, payloads, and typed ways to add and run jobs. */
export {
  auditSealPayload,
  invoiceClosePayload,
  mailPayload,
  maintenancePayload,
  outboxPayload,
  QUEUE_NAMES,
  QUEUES,
  type QueueName,
  type QueuePayload,
  rollupPayload,
  usageIngestPayload,
  webhookPayload,
} from './definitions.ts';
export { jobId } from './job-id.ts';
export { type AddOptions, createQueue, type JobQueue } from './queue.ts';
export {
  type FailedJob,
  openQueueMonitor,
  type QueueMonitor,
  type QueueStanding,
} from './queue-monitor.ts';
export { openRedis, type RedisManner, type RedisOptions } from './redis.ts';
export { createWorker, type JobContext, type JobWorker, type WorkerOptions } from './worker.ts';
