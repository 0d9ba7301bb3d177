/**
 * Candidates that nothing was sent to: a budget or a rate limit of their model refused them, or their format cannot say
 * what is asked. What of it the client is told where none is left. Pure.
 *
 * Told is first what may be otherwise soon [G1]: that budgets cannot be asked is no word about money, and a client that
 * is told to give up would not come back.
 */
import type { GatewayError } from '@tollgate/errors';
import { type Refusal, type RefusalCode, toGatewayError } from '@tollgate/limits';
import type { Candidate } from './candidates.ts';

const TOLD_FIRST: readonly RefusalCode[] = ['service_unavailable', 'budget_in_flight', 'rate_limit_exceeded'];

export class PassedOver {
  #count = 0;
  #instead: Refusal | undefined;
  #told: Refusal | undefined;
  #unsupported: GatewayError | undefined;

  get count(): number {
    return this.#count;
  }

  /** By the first budget that is spent: it says what is done instead. */
  get byBudget(): Refusal | undefined {
    return this.#instead;
  }

  /** By a budget. */
  refused(refusal: Refusal): void {
    this.#instead ??= refusal;
    this.full(refusal);
  }

  /** By the rate limits of its model, also where they could not be asked: no budget said so. */
  full(refusal: Refusal): void {
    this.#count += 1;
    if (this.#told === undefined || rankOf(refusal) < rankOf(this.#told)) this.#told = refusal;
  }

  unsupported(error: GatewayError): void {
    this.#count += 1;
    this.#unsupported ??= error;
  }

  /** Another list of candidates is tried; what was refused is still told. */
  startAnew(): void {
    this.#count = 0;
  }

  /** @throws {Error} Nothing was passed over. */
  toError(): GatewayError {
    const soon = this.#told !== undefined && rankOf(this.#told) < TOLD_FIRST.length;
    if (this.#unsupported !== undefined && !soon) return this.#unsupported;
    if (this.#told === undefined) throw new Error('Cannot tell a refusal: nothing was passed over');
    return toGatewayError(this.#told);
  }
}

function rankOf({ code }: Refusal): number {
  const rank = TOLD_FIRST.indexOf(code);
  return rank === -1 ? TOLD_FIRST.length : rank;
}

/** Those that a rate limit of the model would refuse as well: whoever serves it. */
export function withoutModel(candidates: readonly Candidate[], index: number): readonly Candidate[] {
  const { model } = candidates[index]!;
  return candidates.filter((other, at) => at <= index || other.model !== model);
}

/**
 * Candidates that would be passed over by the same rule: all of them cost the same. Of the operator's each may have a
 * markup of its own.
 */
export function withoutAlike(candidates: readonly Candidate[], index: number): readonly Candidate[] {
  const { credential, upstreamModel, model } = candidates[index]!;
  if (credential.owner === 'operator') return candidates;
  return candidates.filter(
    (other, at) =>
      at <= index ||
      other.credential.owner !== 'organization' ||
      other.credential.provider !== credential.provider ||
      other.credential.region !== credential.region ||
      other.upstreamModel !== upstreamModel ||
      other.model !== model,
  );
}
