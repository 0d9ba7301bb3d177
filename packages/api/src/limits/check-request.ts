/**
 * A request that nobody has sent: would it be allowed, which rule says no, and what would it hold?
 *
 * Asks what gateways ask, in their order, by the same rules (`scopeAllows`, `matchScope`, `costBound`), and goes on after
 * a no, so that everything that stands in the way is told at once. What only gateways know (money they were granted and
 * have not spent, a provider's own refusals) is said to depend.
 */
import { z } from '@hono/zod-openapi';
import { type CacheWrites, NO_MARKUP, type PriceVersion } from '@tollgate/catalog';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { listsAddress, parseAddressList, scopeAllows, toModelScope } from '@tollgate/keys';
import {
  affordableOutputCap,
  BYTES_PER_TOKEN,
  type CostBound,
  costBound,
  DEFAULT_OUTPUT_CAP,
  matchScope,
  OUTPUT_TOKENS_ESTIMATE,
  type ScopeSubject,
  worstCaseOf,
} from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { type ClientFormat, findProvider, usualCacheWrites } from '@tollgate/providers';
import { timestamp, usd } from '../framework/field.ts';
import type { UsableModel } from '../prices/usable-models.ts';
import { ServedRoute } from '../routing/key-routes.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';
import { type CheckedCandidate, listRates, readCandidates } from './checked-candidates.ts';
import { type AppliedRate, compareUsd, type ReadRateUse, withRateUse } from './effective-policy.ts';
import { usdText } from './present-budget.ts';

export const CHECKS = [
  'key',
  'serviceAccount',
  'address',
  'endpoint',
  'model',
  'rateLimit',
  'budget',
] as const;

export const CheckedRule = z.object({
  check: z.enum(CHECKS),
  outcome: z.enum(['allowed', 'refused', 'depends']),
  /** The gateway's code for a no; null where it says yes. */
  code: z.string().nullable(),
  /** A budget's or a rate limit's id; null: the key, its owner or the organization decides. */
  ruleId: z.string().nullable(),
  ruleName: z.string().nullable(),
  setBy: z.enum(['organization', 'operator']).nullable().openapi({
    description:
      'Of a budget: `operator`, where it counts what the operator provides and only they can raise it.',
  }),
  raisedByPayment: z.boolean().openapi({
    description:
      'Of a budget of the operator: it rises by itself once the organization has a payment method on file.',
  }),
  limit: z.string().nullable(),
  used: z.string().nullable(),
  /** What the request asks of it. */
  requested: z.string().nullable(),
  resetsAt: timestamp.nullable(),
  /** What would take its place instead of a no; null where nothing could. */
  instead: z.string().nullable(),
});

export const RequestCheck = z
  .object({
    allowed: z.boolean(),
    /** Which model would answer, by which provider: the first that is not refused, or else the first. Null: none within reach. */
    model: z.object({ provider: z.string(), name: z.string(), credentialName: z.string() }).nullable(),
    /** Where the model that is asked for is a route's name: which of its targets is tried first. */
    route: ServedRoute.nullable(),
    checks: z.array(CheckedRule),
    /** The most it could cost: what hard budgets hold while it runs. Null: no price bounds it. */
    worstCaseUsd: usd.nullable(),
    /** Whether a hard budget applies, so that it is held. */
    held: z.boolean(),
    /** Where the caller sets none: what the model may write, or less where only that is affordable. */
    outputCap: z.int(),
  })
  .openapi('RequestCheck');

export interface HypotheticalRequest {
  readonly model: string;
  readonly endpoint: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number | undefined;
  readonly ipAddress: string | undefined;
  readonly stream?: boolean;
}

type Rule = z.input<typeof CheckedRule>;

export interface CheckCall {
  readonly organizationId: string;
  readonly actor: OrganizationActor;
  readonly nowMs: number;
}

export interface CheckedAgainst {
  readonly key: KeyRow;
  readonly subject: ScopeSubject;
  readonly suspended: boolean;
  readonly accountDisabled: boolean;
}

const NOTHING: Omit<Rule, 'check' | 'outcome'> = {
  code: null,
  ruleId: null,
  ruleName: null,
  setBy: null,
  raisedByPayment: false,
  limit: null,
  used: null,
  requested: null,
  resetsAt: null,
  instead: null,
};
const yes = (check: Rule['check']): Rule => ({ check, outcome: 'allowed', ...NOTHING });
const no = (check: Rule['check'], code: string, more: Partial<Rule> = {}): Rule => ({
  check,
  outcome: 'refused',
  ...NOTHING,
  code,
  ...more,
});

export interface Checked {
  readonly scopeChecks: readonly Rule[];
  /** As they are tried; none: nothing serves it, or not this key. */
  readonly candidates: readonly CheckedCandidate[];
  readonly substitutes: ReadonlySet<string>;
  /** Null: none is asked for, or the caller may not see routes. */
  readonly route: z.input<typeof ServedRoute> | null;
  /** Where there is no candidate, those of what is asked for. */
  readonly rates: readonly AppliedRate[];
}

/** The part that reads the database. */
export async function readForCheck(
  tx: Transaction,
  call: CheckCall,
  against: CheckedAgainst,
  asked: HypotheticalRequest,
): Promise<Checked> {
  const { actor, nowMs } = call;
  const { candidates, routed, substitutes, isForbidden } = await readCandidates(tx, call, against, asked);
  return {
    scopeChecks: checkScope(against, asked, candidates.length > 0, isForbidden, nowMs),
    candidates,
    substitutes,
    route: can(actor, 'routes:read') ? (routed?.served ?? null) : null,
    rates: candidates.length === 0 ? await listRates(tx, call, against.subject, asked.model) : [],
  };
}

/** Whether a key's scope reaches a model, by the gateway's own rule. */
export function keyReaches(
  key: Pick<KeyRow, 'models' | 'providers'>,
  { provider, name }: Pick<UsableModel, 'provider' | 'name'>,
): boolean {
  return scopeAllows(toModelScope(key.models, key.providers), provider, [name]);
}

function checkScope(
  { key, suspended, accountDisabled }: CheckedAgainst,
  asked: HypotheticalRequest,
  isServed: boolean,
  isForbidden: boolean,
  nowMs: number,
): Rule[] {
  const { endpoint, ipAddress } = asked;
  const expired = key.expiresAt !== null && key.expiresAt.getTime() <= nowMs;
  const checks = [
    key.revokedAt !== null
      ? no('key', 'key_revoked')
      : expired
        ? no('key', 'key_expired')
        : suspended
          ? no('key', 'permission_denied')
          : yes('key'),
  ];
  if (key.serviceAccountId !== null)
    checks.push(accountDisabled ? no('serviceAccount', 'permission_denied') : yes('serviceAccount'));
  if (ipAddress !== undefined) {
    const listed = key.ipAllowlist.length === 0 || listsAddress(parseAddressList(key.ipAllowlist), ipAddress);
    const limit = key.ipAllowlist.join(', ');
    checks.push(
      listed ? yes('address') : no('address', 'permission_denied', { limit, requested: ipAddress }),
    );
  } else if (key.ipAllowlist.length > 0) {
    checks.push({ ...yes('address'), outcome: 'depends', limit: key.ipAllowlist.join(', ') });
  }
  if (endpoint !== undefined) {
    const limit = key.endpoints.join(', ');
    const may = key.endpoints.length === 0 || key.endpoints.includes(endpoint);
    checks.push(may ? yes('endpoint') : no('endpoint', 'permission_denied', { limit, requested: endpoint }));
  }
  const scope = [...key.models, ...key.providers].join(', ');
  checks.push(
    isServed
      ? yes('model')
      : // Served, but not to this key; or by nobody at all.
        no('model', 'model_not_found', { limit: isForbidden ? scope : null, requested: asked.model }),
  );
  return checks;
}

/** The part that asks what is used just now, and decides: by the first candidate that nothing refuses. */
export async function decideRequest(
  found: Checked,
  { subject }: CheckedAgainst,
  asked: HypotheticalRequest,
  readRateUse: ReadRateUse | undefined,
): Promise<z.input<typeof RequestCheck>> {
  const checkRates = async (rates: readonly AppliedRate[], model?: UsableModel): Promise<Rule[]> => {
    const tokens = asked.inputTokens + (givenCapOf(model, asked) ?? OUTPUT_TOKENS_ESTIMATE);
    return (await withRateUse(rates, readRateUse)).flatMap((rate) => checkRate(rate, tokens));
  };
  const judged: Judged[] = [];
  for (const candidate of found.candidates) {
    const rateChecks = await checkRates(candidate.rates, candidate.model);
    judged.push(judge(candidate, found.substitutes, subject, asked, rateChecks));
    if (isAllowed(judged.at(-1)!.checks)) break;
  }
  const {
    model,
    checks: ofModel,
    isHeld,
    worst,
    outputCap,
  } = judged.find(({ checks }) => isAllowed(checks)) ??
  judged[0] ??
  judgeNone(asked, await checkRates(found.rates));
  const checks = [...found.scopeChecks, ...ofModel];
  return {
    allowed: isAllowed(checks),
    model,
    route: found.route,
    checks,
    worstCaseUsd: worst?.kind === 'bounded' ? usdText(worst.amountPicoUsd) : null,
    held: isHeld,
    outputCap,
  };
}

const isAllowed = (checks: readonly Rule[]): boolean => checks.every(({ outcome }) => outcome !== 'refused');

interface Judged {
  readonly model: z.input<typeof RequestCheck>['model'];
  readonly checks: readonly Rule[];
  readonly isHeld: boolean;
  readonly worst: WorstCase | undefined;
  readonly outputCap: number;
}

function judge(
  { model, credentialName, price, budgets }: CheckedCandidate,
  substitutes: Checked['substitutes'],
  subject: ScopeSubject,
  asked: HypotheticalRequest,
  rateChecks: readonly Rule[],
): Judged {
  const bound = boundFor(model, price, asked);
  const outputCap = givenCapOf(model, asked) ?? openCapOf(model, asked, bound, budgets);
  const worst = worstCaseOf(bound, outputCap);
  const budgetChecks = budgets.flatMap((each) => checkBudget(each, substitutes, subject, model, worst));
  return {
    model: { provider: model.provider, name: model.name, credentialName },
    checks: [...rateChecks, ...budgetChecks],
    isHeld: budgetChecks.length > 0,
    worst,
    outputCap,
  };
}

function judgeNone(asked: HypotheticalRequest, checks: readonly Rule[]): Judged {
  const outputCap = givenCapOf(undefined, asked) ?? openCapOf(undefined, asked, undefined, []);
  return { model: null, checks, isHeld: false, worst: undefined, outputCap };
}

/** Undefined: the caller leaves it open. */
function givenCapOf(
  model: UsableModel | undefined,
  { outputTokens }: HypotheticalRequest,
): number | undefined {
  return outputTokens ?? (model?.facts?.mode === 'embedding' ? 0 : undefined);
}

/**
 * What a gateway chooses: what the model may write behind the input, or as much as every hard budget in force has left.
 * Where that is not even one token, it is refused for what it wished.
 */
function openCapOf(
  model: UsableModel | undefined,
  { inputTokens }: HypotheticalRequest,
  bound: CostBound | undefined,
  budgets: CheckedCandidate['budgets'],
): number {
  const { contextWindow = null, maxOutputTokens = null } = model?.facts ?? {};
  const room = contextWindow === null ? Number.POSITIVE_INFINITY : Math.max(1, contextWindow - inputTokens);
  const wished = Math.min(maxOutputTokens ?? DEFAULT_OUTPUT_CAP, room);
  if (bound === undefined) return wished;
  const caps = budgets.flatMap(({ budget, standing }) => {
    // What gateways hold may come back first: none is cut short for it.
    if (!isInForce(budget) || standing === null || isAway(standing)) return [];
    return affordableOutputCap(bound, parseUsdSum(standing.remainingUsd)) ?? 0;
  });
  const affordable = Math.min(wished, ...caps);
  return affordable < 1 ? wished : affordable;
}

type WorstCase = ReturnType<typeof worstCaseOf>;

function boundFor(
  model: UsableModel,
  price: PriceVersion | undefined,
  { inputTokens, endpoint }: HypotheticalRequest,
): CostBound {
  const credential = model.credentials[0];
  const bytes = inputTokens * BYTES_PER_TOKEN;
  return costBound({
    inputTokensEstimate: Math.min(bytes, model.facts?.contextWindow ?? bytes),
    price,
    markup:
      credential?.owner === 'operator'
        ? { basisPoints: credential.markupBasisPoints, perUnit: credential.markupPerUnit }
        : NO_MARKUP,
    owner: credential?.owner ?? 'organization',
    cacheWrites: cacheWritesOf(model, endpoint),
  });
}

/** Nobody says of a request that is not sent that a cache is to live an hour. */
function cacheWritesOf(model: UsableModel, endpoint = 'chat.completions'): CacheWrites {
  const provider = findProvider(model.provider);
  const client = Object.hasOwn(FORMATS, endpoint) ? FORMATS[endpoint] : undefined;
  // What gateways hold for pictures, speech and vectors.
  if (client === undefined) return '5m';
  return provider === undefined ? '1h' : usualCacheWrites(provider, model.name, client);
}

const FORMATS: Readonly<Record<string, ClientFormat>> = {
  'chat.completions': 'openai-chat',
  completions: 'openai-completions',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  generate_content: 'gemini-generate',
};

function checkRate({ rateLimit, value, dependsOn, used }: AppliedRate, tokens: number): Rule[] {
  const need = rateLimit.metric === 'tokens' ? tokens : 1;
  const rule = {
    ruleId: rateLimit.id,
    ruleName: rateLimit.scopeName,
    limit: String(rateLimit.limit),
    used: used === null ? null : String(used),
    requested: String(need),
  };
  if (value === null) return [{ ...yes('rateLimit'), ...rule, outcome: 'depends', instead: dependsOn }];
  const over = need > rateLimit.limit || (used !== null && used + need > rateLimit.limit);
  if (over) return [no('rateLimit', 'rate_limit_exceeded', rule)];
  return [{ ...yes('rateLimit'), ...rule, outcome: used === null ? 'depends' : 'allowed' }];
}

const isInForce = ({ kind, state }: CheckedCandidate['budgets'][number]['budget']): boolean =>
  kind === 'hard' && state === 'active';

const isAway = ({ heldUsd }: NonNullable<CheckedCandidate['budgets'][number]['standing']>): boolean =>
  compareUsd(heldUsd, '0') > 0;

/** Hard budgets in force hold the worst case; the others only tell. */
function checkBudget(
  { budget, standing }: CheckedCandidate['budgets'][number],
  substitutes: Checked['substitutes'],
  subject: ScopeSubject,
  model: UsableModel,
  worst: WorstCase | undefined,
): Rule[] {
  if (!isInForce(budget)) return [];
  if (standing === null && matchScope(budget.scope, subject, model.name).length === 0) return [];
  const rule = {
    ruleId: budget.id,
    ruleName: budget.name || budget.scopeName,
    setBy: budget.setBy,
    raisedByPayment: budget.raisedByPayment,
    limit: standing?.periodLimitUsd ?? budget.periodLimitUsd,
    used: standing?.spentUsd ?? null,
    resetsAt: budget.resetsAt,
    instead:
      budget.onExceeded !== 'refuse' && substitutes.has(budget.onExceeded.model)
        ? budget.onExceeded.model
        : null,
  };
  if (worst === undefined || worst.kind === 'unbounded')
    return [no('budget', 'unbounded_cost', { ...rule, instead: null })];
  const requested = usdText(worst.amountPicoUsd);
  if (standing === null) return [{ ...yes('budget'), ...rule, requested, outcome: 'depends' }];
  if (compareUsd(requested, standing.periodLimitUsd) > 0)
    return [no('budget', 'request_exceeds_budget', { ...rule, requested })];
  if (compareUsd(requested, standing.remainingUsd) <= 0) return [{ ...yes('budget'), ...rule, requested }];
  // What gateways hold may come back, or be theirs to spend on this very request.
  if (isAway(standing))
    return [{ ...yes('budget'), ...rule, requested, outcome: 'depends', code: 'budget_in_flight' }];
  return [no('budget', 'budget_exceeded', { ...rule, requested })];
}
