/** Makes one planned fault, and gives back what heals it. */
import { openRedis } from '@tollgate/queues';
import type { FaultMode, FaultProxy } from '@tollgate/testing';
import { Queue } from 'bullmq';
import type { ManagedProcess } from './managed-process.ts';
import type { Step } from './plan.ts';
import type { Random } from './random.ts';
import type { System, SystemProxies } from './system.ts';

export type Heal = () => Promise<void>;

const SENT_TIMES = 2;
const nothing: Heal = () => Promise.resolve();

export async function inject(step: Step, system: System, random: Random): Promise<Heal> {
  const gateway = (): ManagedProcess => pick(system.gateways, step.target);
  const slow = { kind: 'delay', delayMs: step.amountMs } as const;
  switch (step.fault) {
    case 'gateway-kill':
      await gateway().kill();
      return () => gateway().start();
    case 'gateway-restart':
      await gateway().terminate();
      return () => gateway().start();
    case 'gateway-pause':
      gateway().pause();
      return async () => gateway().resume();
    case 'worker-kill': {
      const worker = pick(system.workers, step.target);
      await worker.kill();
      return () => worker.start();
    }
    case 'redis-flush':
      await system.redis.flush();
      return nothing;
    case 'clock-jump':
      system.setClockOffset(step.target, step.amountMs);
      return async () => system.setClockOffset(step.target, 0);
    case 'jobs-shuffled':
      for (const worker of system.workers) worker.pause();
      return async () => {
        await repeatJobs(system.redis.url, random);
        for (const worker of system.workers) worker.resume();
      };
    case 'disk-full': {
      const disk = system.disks?.[step.target];
      if (disk === undefined)
        throw new Error('Cannot make this fault: the system must have small disks, got none');
      disk.fill();
      return async () => disk.free();
    }
    case 'redis-down':
      return spoil(proxiesOf(system).redis, { kind: 'reset' });
    case 'redis-slow':
      return spoil(proxiesOf(system).redis, slow);
    case 'postgres-down':
      return spoil(proxiesOf(system).postgres, { kind: 'reset' });
    case 'postgres-slow':
      return spoil(proxiesOf(system).postgres, slow);
    case 'postgres-silent':
      return spoil(proxiesOf(system).postgres, { kind: 'blackhole' });
    case 'upstream-slow':
      return spoil(proxiesOf(system).upstream, slow);
    case 'upstream-cut':
      return spoil(proxiesOf(system).upstream, { kind: 'reset' });
  }
}

function spoil(proxy: FaultProxy, mode: FaultMode): Heal {
  proxy.setMode(mode);
  return async () => proxy.setMode({ kind: 'pass' });
}

function proxiesOf({ proxies }: System): SystemProxies {
  if (proxies === undefined)
    throw new Error('Cannot make this fault: the system must run through proxies, got none');
  return proxies;
}

function pick(processes: readonly ManagedProcess[], index: number): ManagedProcess {
  const found = processes[index];
  if (found === undefined)
    throw new RangeError(`Cannot strike process ${index}: there are ${processes.length}`);
  return found;
}

/** Every batch that waits comes again, under other ids and in another order, as after a retry of a retry. */
async function repeatJobs(redisUrl: string, random: Random): Promise<void> {
  const redis = openRedis({ url: redisUrl, manner: 'worker', name: 'faults' });
  const queue = new Queue('usage-ingest', { connection: redis });
  try {
    const waiting = await queue.getJobs(['wait', 'delayed']);
    const copies = Array.from({ length: SENT_TIMES }, () => waiting).flat();
    for (const [index, { name, data }] of random.shuffle(copies).entries()) {
      // In front of the first ones and behind them.
      await queue.add(name, data, {
        jobId: `again-${Date.now()}-${index}`,
        lifo: random.chance(0.5),
        removeOnComplete: true,
        removeOnFail: true,
      });
    }
  } finally {
    await queue.close();
    redis.disconnect();
  }
}
