/** Writes the request's own frame; resolves once it and the settlements before it are written. */
import type { RequestFrame } from '@tollgate/metering';
import { flushed } from '../attempts/usage-log.ts';
import type { Services } from '../services.ts';
import { type Ending, type Exchange, overheadUs } from './exchange.ts';
import { servedBy } from './served-by.ts';
import { storable } from './storable.ts';
import { subjectOf } from './subject-of.ts';
import { translationOf } from './translation-of.ts';

export const CLIENT_CLOSED = 499;
const MAX_USER_AGENT_LENGTH = 256;

/** Does nothing for a request whose organization is not known: it belongs to nobody. */
export function recordOutcome(
  exchange: Exchange,
  services: Services,
  ending: Pick<Ending, 'status' | 'errorCode' | 'refusal'>,
): Promise<boolean> {
  if (exchange.key === undefined) return Promise.resolve(true);
  const subject = subjectOf(exchange);
  const nowMs = services.clock.monotonicMs();
  const target = exchange.attempts.at(-1)?.target;
  const outcome: RequestFrame = {
    kind: 'request',
    subject,
    model: target?.model ?? '',
    provider: target?.provider ?? '',
    livemode: target?.livemode ?? true,
    status: exchange.clientGone ? CLIENT_CLOSED : ending.status,
    errorCode: ending.errorCode,
    refusal: ending.refusal,
    attempts: exchange.attempts.length,
    totalMs: Math.round(nowMs - exchange.startedMs),
    firstTokenMs: exchange.firstTokenMs === null ? null : Math.round(exchange.firstTokenMs),
    overheadUs: overheadUs(exchange, nowMs),
    clientAddress: exchange.clientAddress,
    userAgent: storable(exchange.request.headers['user-agent'] ?? '', MAX_USER_AGENT_LENGTH),
    ...translationOf(exchange),
    ...servedBy(exchange),
  };
  services.log.append(outcome);
  return flushed(services.log);
}
