/**
 * Everything a gateway process needs to keep its books, put together: its own log, the logs that dead
 * processes of its slot left, and the way of both to Postgres.
 */
import { join } from 'node:path';
import type { Clock } from '@tollgate/clock';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { listAbandonedSlots } from './epoch/abandoned-slots.ts';
import { loadGatewayId } from './epoch/gateway-identity.ts';
import { EpochRegistry } from './epoch/registry.ts';
import { claimDeadEpochs, createEpochDirectory, removeEpochDirectory } from './log/epoch-directory.ts';
import { openLog } from './log/log.ts';
import type { Log, LogOptions } from './log/log-contract.ts';
import { replayEpoch } from './log/replay.ts';
import { closedSource, liveSource } from './ship/frame-source.ts';
import { postgresWatermarks } from './ship/postgres-watermarks.ts';
import { Shipper, type ShipperOptions, type ShipperState, type UsagePublisher } from './ship/shipper.ts';

export interface MeteringOptions {
  readonly stateDirectory: string;
  /** Stable over restarts and unique on this machine: the gateway's name and the number of the process. */
  readonly slot: string;
  readonly region?: string;
  readonly groupName?: string;
  /** In the gateway's role. */
  readonly database: Database;
  readonly publisher: UsagePublisher;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
  readonly onReplayed?: (summary: {
    epochId: string;
    settledAttempts: number;
    addedRequests: number;
  }) => void;
  readonly log?: Partial<LogOptions>;
  readonly shipper?: Partial<ShipperOptions>;
  /** How often to look for processes of the slot that have died since. */
  readonly adoptIntervalMs?: number;
}

export interface Metering {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly log: Log;
  state(): ShipperState;
  /**
   * Ends the epoch: ships what it can in `timeoutMs`; the rest is shipped by the slot's next process. Settle
   * every open attempt before.
   */
  close(timeoutMs: number): Promise<void>;
}

const ADOPT_INTERVAL_MS = 5_000;
/** Later than any process that is started again has come back. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Returns when the log takes frames; older epochs are replayed in the background. Needs neither Postgres nor
 * Redis.
 *
 * @throws {Error} The log cannot be opened: the gateway must not serve what costs money.
 */
export async function openMetering(options: MeteringOptions): Promise<Metering> {
  const { stateDirectory, slot, database, publisher, clock, onError } = options;
  const gatewayId = loadGatewayId(stateDirectory, slot, clock.nowMs());
  const epochId = newId('gatewayEpoch', clock.nowMs());
  const slotDirectory = join(stateDirectory, 'wal', gatewayId);
  const directory = await createEpochDirectory(slotDirectory, epochId);
  const log = openLog({ ...options.log, directory: directory.path, gatewayId, epochId, onError });
  const registry = new EpochRegistry({
    database,
    gatewayId,
    epochId,
    name: slot,
    clock,
    onError,
    readOpen: () => ({ oldestOpenAtMs: log.oldestOpenAtMs, lastSequence: log.lastSequence }),
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.groupName === undefined ? {} : { groupName: options.groupName }),
  });
  const adoptedPaths = new Map<string, string>();
  const finishEpoch = async (id: string): Promise<void> => {
    await registry.closeEpoch(id);
    const path = adoptedPaths.get(id);
    if (path !== undefined) removeEpochDirectory(slotDirectory, path, id);
    adoptedPaths.delete(id);
  };
  const shipper = new Shipper({
    publisher,
    watermarks: postgresWatermarks(database),
    clock,
    onError,
    onEpochDone: finishEpoch,
    ...options.shipper,
  });
  shipper.add(liveSource(log));

  const unread = new Map<string, string>();
  const adopt = async (): Promise<void> => {
    try {
      for (const { epochId: id, path } of await claimDeadEpochs(slotDirectory, epochId)) unread.set(id, path);
    } catch (error) {
      onError(new Error('Cannot look for the logs of dead processes yet', { cause: error }));
    }
    for (const [id, path] of unread) {
      try {
        const replayed = await replayEpoch({ directory: path, gatewayId, epochId: id, onError });
        shipper.add(closedSource({ gatewayId, epochId: id, path, lastSequence: replayed.lastSequence }));
        unread.delete(id);
        adoptedPaths.set(id, path);
        options.onReplayed?.({ epochId: id, ...replayed });
      } catch (error) {
        // A full disk, a file that cannot be read: tried again with the next look, and the others do not wait for it.
        onError(new Error(`Cannot take over the log of dead epoch ${id} yet`, { cause: error }));
      }
    }
  };
  let adopting: Promise<void> = adopt();
  const adoptTimer = setInterval(() => {
    adopting = adopting.then(adopt);
  }, options.adoptIntervalMs ?? ADOPT_INTERVAL_MS);
  adoptTimer.unref();
  const abandonedTimer = setTimeout(() => void reportAbandoned(), ABANDONED_AFTER_MS);
  abandonedTimer.unref();
  registry.start();
  shipper.start();

  return {
    gatewayId,
    epochId,
    log,
    state: () => shipper.state(),
    close: async (timeoutMs) => {
      clearInterval(adoptTimer);
      clearTimeout(abandonedTimer);
      await adopting;
      await log.sync();
      const lastSequence = log.lastSequence;
      const shipped = log.openAttempts === 0 && (await shipper.drain(epochId, timeoutMs));
      await shipper.stop();
      await registry.stop();
      await log.close();
      // A frame that came after all is not shipped: the next process takes it over.
      if (shipped && log.lastSequence === lastSequence) await closeOwn();
      await directory.release();
    },
  };

  async function reportAbandoned(): Promise<void> {
    try {
      for (const { slot: other, epochIds } of await listAbandonedSlots(stateDirectory, gatewayId)) {
        const rule = 'a process of that name must run once';
        onError(
          new Error(
            `Cannot ship the log of "${other}": ${rule}, got ${epochIds.length} epochs and no process`,
          ),
        );
      }
    } catch (error) {
      onError(new Error('Cannot look for logs that nobody ships', { cause: error }));
    }
  }

  async function closeOwn(): Promise<void> {
    try {
      await registry.closeEpoch(epochId);
      removeEpochDirectory(slotDirectory, directory.path, epochId);
    } catch (error) {
      onError(new Error('Cannot close the epoch in Postgres: the next process will', { cause: error }));
    }
  }
}
