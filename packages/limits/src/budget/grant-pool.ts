/**
 * The granted money of one budget period in a gateway's memory.
 *
 * One grant at a time: it grows and shrinks in Postgres, and a new one replaces it only when the old one was
 * fenced. `spent` and `held` are counted since the grant's beginning, so that what is said to Postgres is
 * absolute. Not here: who asks for how much (grant-rounds.ts).
 */
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import type { Refusal } from '../refusal.ts';
import type { BudgetRule } from './budget-policy.ts';
import type { BudgetStanding } from './grant-store.ts';
import type { Period } from './period.ts';

export interface LocalGrant {
  readonly id: string;
  /** As far as this process knows; never more than in Postgres. */
  total: bigint;
  spent: bigint;
  held: bigint;
  /** On the monotonic clock; nothing is held against it afterwards. */
  expiresAtMs: number;
  /** Given under a higher limit: what comes free of it is not held again, until Postgres has decided anew. */
  isWithdrawn?: boolean;
}

export class GrantPool {
  readonly organizationId: string;
  /** As of the policy under which it was last looked up. */
  rule: BudgetRule;
  readonly value: string;
  readonly period: Period;
  readonly previousStartMs: number | null;
  grant: LocalGrant | undefined;
  /** Replaced; kept until what is held of it has been settled. */
  readonly retired = new Set<LocalGrant>();
  /** Minted before the first taking, so that an answer that got lost can be given back. */
  pendingGrantId: string | undefined;
  usedAtMs = 0;
  /** Little is left of the budget: what is idle goes back at once. */
  near = true;
  /** A return failed: Postgres may still count what was meant to go back. */
  owesReturn = false;
  /** Its limit was lowered: what was idle is not to be held here, whoever waits for it. */
  isWithdrawn = false;
  /** How often that was so: what Postgres answers to an earlier question was decided under the higher limit. */
  withdrawals = 0;
  /** What requests needed since the last taking. */
  demand = 0n;
  /** Postgres said that nothing is to be held for it; asked again after this. */
  skippedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    organizationId: string,
    rule: BudgetRule,
    value: string,
    period: Period,
    previousStartMs: number | null,
  ) {
    this.organizationId = organizationId;
    this.rule = rule;
    this.value = value;
    this.period = period;
    this.previousStartMs = previousStartMs;
  }

  /** What can be held now; negative after an overrun. */
  available(): bigint {
    const { grant } = this;
    return grant === undefined ? 0n : grant.total - grant.spent - grant.held;
  }

  /** Leaves no more than what is used already, as its limit was lowered; Postgres has yet to be told. */
  withdraw(): void {
    const { grant } = this;
    this.withdrawals += 1;
    if (grant === undefined) return;
    grant.isWithdrawn = true;
    this.withdrawIdle(grant);
  }

  /** Of a grant that is withdrawn, whenever something of it comes free. */
  withdrawIdle(grant: LocalGrant): void {
    const used = grant.spent + grant.held;
    if (grant.total > used) grant.total = used;
    this.owesReturn = true;
    this.isWithdrawn = true;
  }

  /**
   * What Postgres says that the grant holds in all.
   *
   * @param isDecidedAnew It has looked whether the limit leaves room, and at the limit as it is known here.
   */
  growTo(total: bigint, expiresAtMs: number, isDecidedAnew: boolean): void {
    const grant = this.grant!;
    grant.expiresAtMs = expiresAtMs;
    if (grant.isWithdrawn === true && !isDecidedAnew) return;
    grant.isWithdrawn = false;
    grant.total = total;
  }

  canHold(amount: bigint, monotonicMs: number): boolean {
    if (monotonicMs < this.skippedUntilMs) return true;
    const { grant } = this;
    if (grant === undefined) return false;
    return monotonicMs < grant.expiresAtMs && grant.total - grant.spent - grant.held >= amount;
  }

  /** Whether there is something to tell Postgres of what goes back. */
  get hasReturn(): boolean {
    return (
      this.owesReturn || this.pendingGrantId !== undefined || this.retired.size > 0 || this.available() > 0n
    );
  }

  /** Everything that Postgres was promised of it is settled or given back. */
  get isEmpty(): boolean {
    return this.retired.size === 0 && this.pendingGrantId === undefined && (this.grant?.held ?? 0n) === 0n;
  }

  /** @param needed The request's worst case. @param least What it could be cut to. */
  refuse(standing: BudgetStanding, needed: bigint, least = needed): Refusal {
    const charged = standing.settled + standing.unreconciled;
    const code =
      charged >= standing.limit
        ? 'budget_exceeded'
        : charged + least > standing.limit
          ? 'request_exceeds_budget'
          : 'budget_in_flight';
    const { rule, period } = this;
    const used = code === 'budget_in_flight' ? charged + standing.granted : charged;
    return {
      kind: 'refused',
      code,
      message: messageOf(rule, code),
      ruleId: rule.id,
      scope: { type: rule.scope.type, id: this.value, ...(rule.name === '' ? {} : { name: rule.name }) },
      limit: formatUsd(standing.limit as PicoUsdSum),
      used: formatUsd(used as PicoUsdSum),
      requested: formatUsd((code === 'budget_in_flight' ? needed : least) as PicoUsdSum),
      ...(period.endMs === null ? {} : { resetsAtMs: period.endMs }),
      ...(code === 'budget_in_flight'
        ? { retryAfterMs: IN_FLIGHT_RETRY_MS }
        : { onExceeded: rule.onExceeded }),
    };
  }
}

/** Who reads it can do something about it: nothing bounds what an organization spends at providers of its own. */
function messageOf(rule: BudgetRule, code: keyof typeof MESSAGE): string {
  // A policy that was kept by the version before does not say what its budgets count: that is all.
  if (rule.counts !== 'resold' || code === 'budget_in_flight') return MESSAGE[code];
  // To how much it is raised is not known here, nor whether that is enough for the request.
  const payment =
    rule.awaitsPayment === true
      ? 'add a payment method (Settings, Billing), which may raise it far enough, '
      : '';
  return `${MESSAGE[code]}, which counts the operator's models only: ${payment}use a provider credential of your own, or ask the operator for more`;
}

const IN_FLIGHT_RETRY_MS = 500;
const MESSAGE = {
  budget_exceeded: 'Cannot send the request: the budget is spent',
  request_exceeds_budget: 'Cannot send the request: its worst case costs more than is left of the budget',
  budget_in_flight: 'Cannot send the request yet: what is left of the budget is held by requests under way',
} as const;
