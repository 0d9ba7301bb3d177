/**
 * What a dead process left open is settled in its own log: afterwards every dispatch of the epoch has exactly
 * one settlement, and every dispatched request a record.
 *
 * Safe to be killed anywhere and run again: it only adds frames that are missing. Nothing here asks a
 * database. Not here: whether the process is really dead (epoch-directory.ts), shipping (src/ship).
 */
import { constants, copyFileSync, mkdirSync, truncateSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { emptyUsage, priceFromJson, type TokenUsage } from '@tollgate/catalog';
import type { DispatchFrame, Frame, ProgressFrame, RequestFrame, SettleFrame } from '../frame.ts';
import { attemptKey } from './attempt-key.ts';
import { openLog } from './log.ts';
import { assumedOf, rateAttempt } from './rate-attempt.ts';
import { type Damage, listSegments, readSegment, segmentPath } from './segment.ts';

export interface ReplayOptions {
  readonly directory: string;
  readonly gatewayId: string;
  readonly epochId: string;
  readonly onError: (error: Error) => void;
}

export interface ReplayResult {
  readonly lastSequence: number;
  /** Attempts that this replay settled. */
  readonly settledAttempts: number;
  readonly addedRequests: number;
  readonly damages: readonly Damage[];
}

/** Status of a request whose process died: nobody knows what its client saw. */
export const INTERRUPTED_STATUS = 0;
export const INTERRUPTED_CODE = 'interrupted';

/** @throws {Error} The files cannot be read or the settlements not written; run it again later. */
export async function replayEpoch(options: ReplayOptions): Promise<ReplayResult> {
  const epoch = readEpoch(options.directory);
  for (const damage of epoch.damages) handleDamage(damage, options);
  const added = [...epoch.state.missingSettlements(options.onError), ...epoch.state.missingRequests()];
  if (added.length === 0) {
    return { lastSequence: epoch.lastSequence, settledAttempts: 0, addedRequests: 0, damages: epoch.damages };
  }
  const log = openLog({
    ...options,
    reserveBytes: 0,
    firstSegment: epoch.lastSegment + 1,
    afterSequence: epoch.lastSequence,
    openDispatches: epoch.state.openDispatches(),
  });
  for (const frame of added) log.append(frame);
  await log.close();
  if (log.syncedSequence !== log.lastSequence) {
    throw new Error(
      `Cannot replay epoch ${options.epochId}: its settlements must be written, got a full disk`,
    );
  }
  const settledAttempts = added.filter((frame) => frame.kind === 'settle').length;
  return {
    lastSequence: log.lastSequence,
    settledAttempts,
    addedRequests: added.length - settledAttempts,
    damages: epoch.damages,
  };
}

interface EpochContent {
  readonly state: EpochState;
  readonly lastSequence: number;
  readonly lastSegment: number;
  readonly damages: readonly Damage[];
}

function readEpoch(directory: string): EpochContent {
  const segments = listSegments(directory);
  const state = new EpochState();
  const damages: Damage[] = [];
  let lastSequence = 0;
  segments.forEach((segment, index) => {
    const path = segmentPath(directory, segment);
    const content = readSegment(path, index === segments.length - 1, lastSequence);
    damages.push(...content.damages);
    const first = content.frames[0]?.sequence ?? (content.header?.afterSequence ?? lastSequence) + 1;
    // The first segment follows what was cut; a later one must follow its predecessor.
    if (index > 0 && first > lastSequence + 1 && content.damages.length === 0) {
      damages.push({ path, offset: 0, bytes: 0, kind: 'missing-frames' });
    }
    for (const { frame } of content.frames) state.add(frame);
    lastSequence = Math.max(
      lastSequence,
      content.header?.afterSequence ?? 0,
      content.frames.at(-1)?.sequence ?? 0,
    );
  });
  return { state, lastSequence, lastSegment: segments.at(-1) ?? 0, damages };
}

/** What is open at the end of an epoch; bounded by what was in flight. */
class EpochState {
  readonly #open = new Map<string, DispatchFrame>();
  readonly #progress = new Map<string, ProgressFrame>();
  /** The last dispatch of each request without a record. */
  readonly #unrecorded = new Map<string, DispatchFrame>();

  add(frame: Frame): void {
    switch (frame.kind) {
      case 'dispatch':
        this.#open.set(attemptKey(frame.subject.requestId, frame.target.attempt), frame);
        this.#unrecorded.set(frame.subject.requestId, frame);
        break;
      case 'progress':
        this.#keepProgress(frame);
        break;
      case 'settle': {
        const key = attemptKey(frame.requestId, frame.attempt);
        this.#open.delete(key);
        this.#progress.delete(key);
        break;
      }
      case 'request':
        this.#unrecorded.delete(frame.subject.requestId);
        break;
    }
  }

  #keepProgress(frame: ProgressFrame): void {
    const key = attemptKey(frame.requestId, frame.attempt);
    if (!this.#open.has(key)) return;
    const usage = frame.usage ?? this.#progress.get(key)?.usage;
    this.#progress.set(key, usage === undefined ? frame : { ...frame, usage });
  }

  openDispatches(): Iterable<DispatchFrame> {
    return this.#open.values();
  }

  *missingSettlements(onError: (error: Error) => void): Iterable<SettleFrame> {
    for (const [key, dispatch] of this.#open) {
      yield settleInterrupted(dispatch, this.#progress.get(key), onError);
    }
  }

  *missingRequests(): Iterable<RequestFrame> {
    for (const { subject, target } of this.#unrecorded.values()) {
      yield {
        kind: 'request',
        subject,
        model: target.model,
        provider: target.provider,
        livemode: target.livemode,
        status: INTERRUPTED_STATUS,
        errorCode: INTERRUPTED_CODE,
        refusal: null,
        attempts: target.attempt,
        totalMs: 0,
        firstTokenMs: null,
        overheadUs: 0,
        clientAddress: '',
        userAgent: '',
      };
    }
  }
}

/**
 * The provider's usage where it had arrived, with what came after it; else what we counted ourselves, marked as an estimate: the whole
 * input, and as much output as had been noted.
 */
export function settleInterrupted(
  dispatch: DispatchFrame,
  progress: ProgressFrame | undefined,
  onError: (error: Error) => void,
): SettleFrame {
  const { subject, target } = dispatch;
  const told = progress?.usage;
  const untold = told === undefined ? 0 : (progress?.untoldTokensCounted ?? 0);
  const usage: TokenUsage =
    told === undefined
      ? {
          ...emptyUsage(),
          inputTokens: dispatch.inputTokensCounted,
          outputTokens: progress?.outputTokensCounted ?? 0,
        }
      : { ...told, outputTokens: told.outputTokens + untold };
  const isExact = told !== undefined && untold === 0;
  const usageSource = isExact ? 'provider' : 'counted';
  const rated = rateOrUnknown(dispatch, usage, onError);
  const { costPicoUsd } = rated;
  const { streamed } = subject;
  const status = 'interrupted';
  const assumed = assumedOf({ costPicoUsd, usageSource, status, streamed }, dispatch.holds);
  return {
    kind: 'settle',
    organizationId: subject.organizationId,
    requestId: subject.requestId,
    attempt: target.attempt,
    status,
    httpStatus: 0,
    errorCode: INTERRUPTED_CODE,
    finishReason: '',
    usage,
    usageSource,
    estimated: !isExact || assumed.budgetPicoUsd !== undefined,
    ...rated,
    totalMs: 0,
    firstTokenMs: null,
    overheadUs: 0,
    upstreamRequestId: '',
    ...assumed,
  };
}

/** One attempt that cannot be rated must not keep the others from being settled: its cost is unknown. */
function rateOrUnknown(dispatch: DispatchFrame, usage: TokenUsage, onError: (error: Error) => void) {
  try {
    const price = dispatch.price === null ? undefined : priceFromJson(dispatch.price);
    return rateAttempt(dispatch.target, price, usage);
  } catch (cause) {
    onError(
      new Error(
        `Cannot rate interrupted request ${dispatch.subject.requestId}: its cost is kept as unknown`,
        { cause },
      ),
    );
    return { components: [], costPicoUsd: null, chargePicoUsd: '0' };
  }
}

/** A torn tail is cut off, so that it is not met again in the middle; other damage is copied and reported. */
function handleDamage(damage: Damage, options: ReplayOptions): void {
  if (damage.kind === 'torn-tail') {
    if (damage.offset === 0) unlinkSync(damage.path);
    else truncateSync(damage.path, damage.offset);
    return;
  }
  const folder = join(dirname(options.directory), 'damaged');
  const copy = join(folder, `${options.epochId}-${basename(damage.path)}`);
  mkdirSync(folder, { recursive: true });
  try {
    copyFileSync(damage.path, copy, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') options.onError(error as Error);
  }
  options.onError(
    new Error(
      `Cannot read a part of the log of epoch ${options.epochId}: ${damage.kind}, ${damage.bytes} bytes at ${damage.offset} of ${basename(damage.path)}; a copy is in ${folder}`,
    ),
  );
}
