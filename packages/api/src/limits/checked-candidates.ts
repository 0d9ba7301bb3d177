/**
 * What a request that nobody has sent would be served by, in the order in which a gateway tries it: with what each costs
 * and which budgets hold for it.
 */
import type { PriceVersion } from '@tollgate/catalog';
import type { Transaction } from '@tollgate/db';
import { can } from '@tollgate/identity';
import { toModelScope } from '@tollgate/keys';
import { resolveModel, substituteCandidates } from '@tollgate/routing/candidates';
import { findEffectivePrices, type UsableModel } from '../prices/usable-models.ts';
import { askRoute, type RoutedAnswer } from '../routing/key-routes.ts';
import { canAnswer, type RoutedCandidate, readSupply } from '../routing/routing-supply.ts';
import type { CheckCall, CheckedAgainst, HypotheticalRequest } from './check-request.ts';
import {
  type Applied,
  type AppliedRate,
  listAppliedBudgets,
  listAppliedRateLimits,
  type Serving,
} from './effective-policy.ts';

/** As many as gateways try of a route. */
const CANDIDATES_MAX = 10;

export interface CheckedCandidate {
  readonly model: UsableModel;
  /** Empty for those who may not see credentials. */
  readonly credentialName: string;
  readonly price: PriceVersion | undefined;
  readonly budgets: readonly Applied[];
  /** Those of its model among them. */
  readonly rates: readonly AppliedRate[];
}

export interface CheckedCandidates {
  readonly candidates: readonly CheckedCandidate[];
  /** Undefined: no route is asked for. */
  readonly routed: RoutedAnswer | undefined;
  /** Of the models that budgets name for when they are spent, those that could take over. */
  readonly substitutes: ReadonlySet<string>;
  /** Served, but not to this key. */
  readonly isForbidden: boolean;
}

export async function readCandidates(
  tx: Transaction,
  call: CheckCall,
  { key, subject }: CheckedAgainst,
  asked: HypotheticalRequest,
): Promise<CheckedCandidates> {
  const { organizationId } = call;
  const supply = await readSupply(tx, organizationId);
  const { endpoint = 'chat.completions', stream = false } = asked;
  const routed = await askRoute(tx, organizationId, key, { ...asked, subject, endpoint, stream }, supply);
  const plain = routed ?? resolvePlain(asked.model, key, supply);
  const candidates: CheckedCandidate[] = [];
  const budgets = new Map<string, readonly Applied[]>();
  const rates = new Map<string, readonly AppliedRate[]>();
  for (const found of unlikeOnes(plain.candidates).slice(0, CANDIDATES_MAX)) {
    const model = await toUsable(tx, found);
    const prices = await findEffectivePrices(tx, organizationId, [model], new Date(call.nowMs));
    const { owner } = found.credential;
    const applied =
      budgets.get(`${owner} ${model.name}`) ??
      (await listBudgets(tx, call, subject, { model: model.name, owner }));
    budgets.set(`${owner} ${model.name}`, applied);
    const limits = rates.get(model.name) ?? (await listRates(tx, call, subject, model.name));
    rates.set(model.name, limits);
    candidates.push({
      model,
      credentialName: can(call.actor, 'provider-credentials:read') ? found.credential.name : '',
      price: prices.get(`${model.provider}/${model.name}`),
      budgets: applied,
      rates: limits,
    });
  }
  const named = new Set(candidates.flatMap(({ budgets: applied }) => applied.flatMap(namedInstead)));
  const scope = toModelScope(key.models, key.providers);
  const takesOver = (name: string): boolean => {
    const found = substituteCandidates(name, scope, supply, plain.candidates, routed?.allowResold === true);
    return canAnswer(endpoint)(found).length > 0;
  };
  const substitutes = new Set([...named].filter(takesOver));
  return { candidates, routed, substitutes, isForbidden: plain.isForbidden };
}

function namedInstead({ budget: { onExceeded } }: Applied): readonly string[] {
  return onExceeded === 'refuse' ? [] : [onExceeded.model];
}

function resolvePlain(
  name: string,
  key: CheckedAgainst['key'],
  supply: Parameters<typeof askRoute>[4],
): Pick<RoutedAnswer, 'candidates' | 'isForbidden'> {
  const { candidates, forbidden } = resolveModel(name, toModelScope(key.models, key.providers), supply);
  return { candidates, isForbidden: forbidden };
}

/** Where one is refused, others of the same model at the same price are as well. */
function unlikeOnes(candidates: readonly RoutedCandidate[]): RoutedCandidate[] {
  const byLikeness = new Map<string, RoutedCandidate>();
  for (const candidate of candidates) {
    const { id, owner, provider, region } = candidate.credential;
    const likeness = `${owner === 'operator' ? id : region} ${provider}/${candidate.model}`;
    if (!byLikeness.has(likeness)) byLikeness.set(likeness, candidate);
  }
  return [...byLikeness.values()];
}

/** By the name that prices and the ledger know. */
async function toUsable(tx: Transaction, { credential, model: name }: RoutedCandidate): Promise<UsableModel> {
  const { provider } = credential;
  const facts = (await tx.model.findFirst({ where: { provider, name } })) ?? undefined;
  return { provider, name, facts, credentials: [{ ...credential, models: [...(credential.models ?? [])] }] };
}

async function listBudgets(
  tx: Transaction,
  { organizationId, actor, nowMs }: CheckCall,
  subject: CheckedAgainst['subject'],
  serving: Serving,
): Promise<readonly Applied[]> {
  return can(actor, 'budgets:read') ? listAppliedBudgets(tx, organizationId, subject, nowMs, serving) : [];
}

export async function listRates(
  tx: Transaction,
  { organizationId, actor }: CheckCall,
  subject: CheckedAgainst['subject'],
  model: string,
): Promise<readonly AppliedRate[]> {
  return can(actor, 'rate-limits:read') ? listAppliedRateLimits(tx, organizationId, subject, model) : [];
}
