/**
 * One request on its way through the pipeline: what arrived, and what the steps found out so far.
 *
 * Steps run in one order, so a later step may rely on what an earlier one set; `known` says so and fails loudly
 * where the list of steps was cut wrongly.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestExtensions, RequestUse, UnsupportedMode } from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import type { RateStatus, RateTicket } from '@tollgate/limits';
import type { RequestSubject, ServedRoute, Substitution } from '@tollgate/metering';
import type { UnderstoodRequest, UpstreamPlan, WholeAnswer } from '@tollgate/providers';
import type { Attempt } from '../attempts/attempt.ts';
import type { OpenStream } from '../attempts/open-stream.ts';
import type { UpstreamCall, UpstreamResponseHeaders } from '../attempts/upstream-call.ts';
import type { InspectedBatch } from '../batches/inspected-batch.ts';
import type { Endpoint } from '../endpoints.ts';
import type { IdempotencyClaim } from '../idempotency/idempotency-store.ts';
import type { KeyEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';
import type { LoadShare } from '../server/load-guard.ts';
import type { Candidate } from './candidates.ts';
import type { PassedOver } from './passed-over.ts';
import type { StreamHead } from './payload.ts';

/** A provider's answer that may be given to the client. */
export type UpstreamAnswer =
  | {
      readonly kind: 'whole';
      readonly candidate: Candidate;
      readonly attempt: Attempt;
      readonly headers: UpstreamResponseHeaders;
      readonly status: number;
      readonly read: WholeAnswer;
    }
  | {
      readonly kind: 'stream';
      readonly candidate: Candidate;
      readonly attempt: Attempt;
      readonly headers: UpstreamResponseHeaders;
      readonly stream: OpenStream;
      readonly call: UpstreamCall;
    };

export interface Ending {
  readonly status: number;
  readonly errorCode: string;
  readonly refusal: Readonly<Record<string, unknown>> | null;
  /** Sends it. Not called for a client that is gone. */
  send(): void;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly endpoint: Endpoint;
  /** What the path names behind the endpoint, decoded; empty where the endpoint names nothing. */
  readonly subjectId: string;
  readonly requestId: string;
  readonly startedAtMs: number;
  /** Monotonic. */
  readonly startedMs: number;
  readonly clientAddress: string;

  /** Among those that run (active-exchanges.ts). */
  place: number;
  key: KeyEntry | undefined;
  organization: OrganizationPolicy | undefined;
  platform: PlatformPolicy | undefined;
  /** Of the gateway, among the requests of its key and organization; given back at the end. */
  share: LoadShare | undefined;
  body: Buffer | undefined;
  /** Counted against what all requests may hold; given back at the end. */
  bufferedBytes: number;
  /** What is asked, in whatever dialect. */
  asked: UnderstoodRequest | undefined;
  /** What becomes of parameters that a provider has no words for. */
  unsupported: UnsupportedMode;
  /** What the latest attempt sent, and how its answer is read. */
  plan: UpstreamPlan | undefined;
  extensions: RequestExtensions | undefined;
  subject: RequestSubject | undefined;
  /** What the request can use at most; every endpoint's reader gives it. */
  use: RequestUse | undefined;
  /** How long the client itself will wait for a whole answer. */
  clientTimeoutMs: number | undefined;
  candidates: readonly Candidate[];
  /** That is asked for; whether it served is served-by.ts's to say. Undefined: none, or none yet. */
  route: ServedRoute | undefined;
  /** What a budget put in its place; set before it is tried. */
  substitution: Substitution | undefined;
  /** Of a request that makes a batch: what its input file says. */
  batch: InspectedBatch | undefined;
  attempts: Attempt[];
  answer: UpstreamAnswer | undefined;
  /** Of a stream whose payload is kept. */
  streamHead: StreamHead | undefined;
  /** When the first byte of the answer was ready, since the start. */
  firstTokenMs: number | null;
  /** What ends the answer, to be sent once the frames are written: bytes, or event text held as Latin-1. */
  ending: Ending | undefined;

  /** What is left of the rate limits in scope; undefined: the organization has none. */
  rateStatus: (() => readonly RateStatus[]) | undefined;
  rateTicket: RateTicket | undefined;
  /** How many attempts there were when the ticket was moved to its model. */
  rateFrom: number;
  /** Candidates that nothing was sent to so far; undefined: none. */
  passed: PassedOver | undefined;

  /** Held while this request is the one that runs under its `Idempotency-Key`. */
  idempotencyClaim: IdempotencyClaim | undefined;
  /** There is an `Idempotency-Key`, but nothing protects it. */
  idempotencyUnavailable: boolean;
  /** Answered already: no further step runs. */
  finished: boolean;

  /** Milliseconds spent waiting for the client's body and for the provider: the rest is our own time. */
  waitedMs: number;
  clientGone: boolean;
  /** Set when its key may not be used any more: nothing is sent to a provider from then on. */
  revoked: GatewayError | undefined;
  /** Set when this exchange must end now: its key was revoked, or the gateway stops. */
  cut: GatewayError | undefined;
  /** Called once when the client goes away or the exchange is cut. */
  onInterrupt: (() => void) | undefined;
}

/** @throws {Error} The steps are in the wrong order: a bug. */
export function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`Cannot go on: ${name} is set by an earlier step, got nothing`);
  return value;
}

/** Our own share of the time so far, in microseconds. */
export function overheadUs(exchange: Exchange, nowMs: number): number {
  return Math.max(0, Math.round((nowMs - exchange.startedMs - exchange.waitedMs) * 1000));
}
