/**
 * One gateway process: opens what it needs, listens, and closes everything in the right order when it is told
 * to end. Nothing that was answered is lost: the log is flushed and closed after the last answer.
 */
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { createClock } from '@tollgate/clock';
import type { GatewayConfig } from '@tollgate/config';
import { openDatabase } from '@tollgate/db';
import { postgresGrants, RedisRecall, redisShares } from '@tollgate/limits';
import type { Logger } from '@tollgate/logging';
import { openMetering, queuePublisher } from '@tollgate/metering';
import { PayloadKeeper } from '@tollgate/payloads';
import { createQueue, openRedis } from '@tollgate/queues';
import { Redis } from 'ioredis';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { createGateway } from '../create-gateway.ts';
import { IdempotencyStore } from '../idempotency/idempotency-store.ts';
import { PolicyCache } from '../policy/policy-cache.ts';
import { createPostgresPolicySource } from '../policy/postgres-policy-source.ts';
import { createLedgerRequests } from '../requests/ledger-requests.ts';
import { createMetricsServer } from '../server/metrics-server.ts';

export interface RunningGateway {
  readonly server: Server;
  stop(): Promise<void>;
}

const MAX_DATABASE_CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 2_000;
const SHIP_TIMEOUT_MS = 3_000;
/** What comes without a policy is refused; longer than this, being told so is better than not being answered. */
const POLICY_TIMEOUT_MS = 10_000;

/** @throws The port is taken, or the log cannot be opened. */
export async function runGateway(config: GatewayConfig, logger: Logger): Promise<RunningGateway> {
  const clock = createClock(config.clockOffsetFile);
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: `tollgate-${config.name}-${config.slot}`,
    maxConnections: MAX_DATABASE_CONNECTIONS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    onError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
  });
  const subscriber = openSubscriber(config.redisUrl, logger);
  const redis = openRedis({ url: config.redisUrl, manner: 'producer', name: 'tollgate-gateway-usage' });
  const answers = openRedis({ url: config.redisUrl, manner: 'producer', name: 'tollgate-gateway-answers' });
  const limits = openRedis({ url: config.redisUrl, manner: 'producer', name: 'tollgate-gateway-limits' });
  const queue = createQueue('usage-ingest', redis);
  const metering = await openMetering({
    stateDirectory: resolve(config.stateDirectory),
    slot: `${config.name}-${config.slot}`,
    region: config.region,
    database,
    publisher: queuePublisher(queue),
    clock,
    onError: (error) => logger.error({ err: error }, 'metering'),
    onReplayed: (summary) => logger.info(summary, 'the log of a process that ended was taken over'),
  });
  const payloads = new PayloadKeeper({
    database,
    encryptionKeys: config.encryptionKeys,
    logger,
    onLeftOut: (count) => gateway.metrics.payloadsLeftOut(count),
  });
  const gateway = createGateway({
    clock,
    logger,
    keyPeppers: config.keyPeppers,
    source: createPostgresPolicySource({ database, encryptionKeys: config.encryptionKeys, logger }),
    policyCache: new PolicyCache({
      directory: join(resolve(config.stateDirectory), 'policy', `${config.name}-${config.slot}`),
      encryptionKeys: config.encryptionKeys,
    }),
    subscriber,
    log: metering.log,
    stored: createLedgerRequests(database),
    idempotency: new IdempotencyStore({ redis: answers, encryptionKeys: config.encryptionKeys }),
    payloads,
    grants: postgresGrants(database, metering.epochId),
    // One subscription for both: its connection can do nothing else.
    recall: new RedisRecall({ publisher: limits, subscriber, sender: metering.epochId }),
    shares: redisShares(limits, metering.epochId),
    budgetOptions: { grantTtlMs: config.grantTtlMs },
    limits: {
      bodyMaxBytes: config.bodyMaxBytes,
      maxLoopLagMs: config.maxLoopLagMs,
      trustProxy: config.trustProxy,
    },
    allowedPrivateOrigins: originsOf(config.allowedPrivateOrigins),
    operatorPrivateOrigins: originsOf(config.operatorPrivateOrigins),
  });
  const metrics = startMetrics(config, gateway.metrics.registry);
  // Until then, other processes of this port and other gateways serve: a restart refuses nobody.
  await gateway.whenReady(POLICY_TIMEOUT_MS);
  await listen(gateway.server, config.port, config.host);
  logger.info({ port: config.port, slot: config.slot }, 'the gateway is listening');
  return {
    server: gateway.server,
    async stop() {
      await gateway.close({ drainTimeoutMs: config.drainTimeoutMs });
      await Promise.all([metering.close(SHIP_TIMEOUT_MS), payloads.close(SHIP_TIMEOUT_MS)]);
      await queue.close();
      redis.disconnect();
      answers.disconnect();
      limits.disconnect();
      metrics?.close();
      subscriber.disconnect();
      await database.close();
    },
  };
}

function openSubscriber(url: string, logger: Logger): Redis {
  const subscriber = new Redis(url, {
    maxRetriesPerRequest: null,
    connectionName: 'tollgate-gateway-changes',
    retryStrategy: (times) => Math.min(2_000, 50 * 2 ** Math.min(times, 6)),
  });
  let failing = false;
  subscriber.on('error', (error: Error) => {
    if (!failing) logger.warn({ err: error }, 'Redis is away: policy changes arrive by polling');
    failing = true;
  });
  subscriber.on('ready', () => {
    failing = false;
  });
  return subscriber;
}

/** Alone, a process answers for itself; among several, their parent asks it. */
function startMetrics(config: GatewayConfig, registry: Registry): Server | undefined {
  if (config.processes > 1) {
    AggregatorRegistry.setRegistries(registry);
    new AggregatorRegistry();
    return undefined;
  }
  const server = createMetricsServer({
    collect: () => registry.metrics(),
    contentType: registry.contentType,
    token: config.metricsToken,
  });
  return server.listen(config.metricsPort, config.metricsHost);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolveListening, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolveListening();
    });
  });
}

function originsOf(urls: readonly string[]): string[] {
  return urls.map((url) => new URL(url).origin);
}
