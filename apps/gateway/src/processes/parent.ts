/**
 * The parent of several gateway processes: owns the listening socket, so that a worker that ends resets no
 * queued connection, starts one worker per slot, restarts what crashes, and answers for all of them on the
 * metrics port. Serves no requests itself.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Server } from 'node:http';
import type { GatewayConfig } from '@tollgate/config';
import type { Logger } from '@tollgate/logging';
import { AggregatorRegistry } from 'prom-client';
import { createMetricsServer } from '../server/metrics-server.ts';

const RESTART_DELAY_MS = 500;
const MAX_RESTART_DELAY_MS = 10_000;
const STEADY_AFTER_MS = 30_000;
const EXIT_MARGIN_MS = 15_000;

interface Slot {
  worker: Worker;
  startedMs: number;
  delayMs: number;
}

export interface Parent {
  /** Lets the workers drain, then resolves; those that do not end in time are killed. */
  stop(): Promise<void>;
}

export function startParent(config: GatewayConfig, logger: Logger): Parent {
  // Every worker accepts for itself: handing connections over through the parent would cost a copy each.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const slots = new Map<number, Slot>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;

  const startWorker = (slot: number, delayMs: number): void => {
    const worker = cluster.fork({ TOLLGATE_GATEWAY_SLOT: String(slot) });
    slots.set(slot, { worker, startedMs: performance.now(), delayMs });
    worker.on('exit', (code, signal) => {
      if (stopping) return;
      logger.error({ slot, code, signal }, 'a gateway process ended; starting another');
      const steady = performance.now() - (slots.get(slot)?.startedMs ?? 0) > STEADY_AFTER_MS;
      const nextDelayMs = steady ? RESTART_DELAY_MS : Math.min(delayMs * 2, MAX_RESTART_DELAY_MS);
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!stopping) startWorker(slot, nextDelayMs);
      }, nextDelayMs);
      timers.add(timer);
    });
  };
  for (let slot = 0; slot < config.processes; slot += 1) startWorker(slot, RESTART_DELAY_MS / 2);
  const metrics = startMetrics(config);

  return {
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      const ended = [...slots.values()].map(({ worker }) => endOf(worker));
      for (const { worker } of slots.values()) worker.process.kill('SIGTERM');
      const killer = setTimeout(() => {
        for (const { worker } of slots.values()) worker.process.kill('SIGKILL');
      }, config.drainTimeoutMs + EXIT_MARGIN_MS);
      await Promise.all(ended);
      clearTimeout(killer);
      metrics.close();
    },
  };
}

function startMetrics(config: GatewayConfig): Server {
  const registry = new AggregatorRegistry();
  const server = createMetricsServer({
    collect: () => registry.clusterMetrics(),
    contentType: registry.contentType,
    token: config.metricsToken,
  });
  return server.listen(config.metricsPort, config.metricsHost);
}

function endOf(worker: Worker): Promise<void> {
  if (worker.isDead()) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
  });
}
