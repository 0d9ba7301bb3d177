/**
 * What this gateway served lately, from its own log: `GET /v1/tollgate/requests/{id}` is answered at once from
 * here, and from the ledger once the log is cut. Pure.
 */
import type { AttemptTarget, Frame, RequestFrame, RequestSubject, SettleFrame } from '@tollgate/metering';

export interface RecentRequest {
  readonly subject: RequestSubject;
  readonly attempts: readonly { readonly target: AttemptTarget; readonly settle: SettleFrame }[];
  /** Undefined: still running. */
  readonly outcome: RequestFrame | undefined;
}

/** @param frames In order. @returns Undefined where they tell no request, or an attempt whose beginning is cut. */
export function recentRequestOf(frames: readonly Frame[]): RecentRequest | undefined {
  const targets = new Map<number, AttemptTarget>();
  const settles = new Map<number, SettleFrame>();
  let subject: RequestSubject | undefined;
  let outcome: RequestFrame | undefined;
  for (const frame of frames) {
    if (frame.kind === 'dispatch') targets.set(frame.target.attempt, frame.target);
    if (frame.kind === 'settle') settles.set(frame.attempt, frame);
    if (frame.kind === 'request') outcome = frame;
    if ('subject' in frame) subject = frame.subject;
  }
  if (subject === undefined || targets.size < (outcome?.attempts ?? 0)) return undefined;
  const attempts = [...targets].flatMap(([attempt, target]) => {
    const settle = settles.get(attempt);
    return settle === undefined ? [] : [{ target, settle }];
  });
  return { subject, attempts, outcome };
}
