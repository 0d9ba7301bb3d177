/**
 * Frames for tests of this package.
 */
import { emptyUsage, type PriceVersion } from '@tollgate/catalog';
import { newId } from '@tollgate/ids';
import type {
  AttemptTarget,
  DispatchFrame,
  ProgressFrame,
  RequestFrame,
  RequestSubject,
  SettleFrame,
} from '../frame.ts';
import { priceJsonOf, rateAttempt } from '../log/rate-attempt.ts';

export const NOON_MS = Date.UTC(2026, 10, 21, 12);

export const PRICE: PriceVersion = {
  id: 'prc_test',
  layer: 'catalogue',
  organizationId: null,
  provider: 'simulator',
  model: 'sim-small',
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(Date.UTC(2026, 0, 1)),
  components: { input: 250_000n, output: 1_000_000n },
  tiers: [],
  source: 'test',
  sourceDate: null,
};

export function subject(overrides: Partial<RequestSubject> = {}): RequestSubject {
  const startedAtMs = overrides.startedAtMs ?? NOON_MS;
  return {
    organizationId: 'org_a',
    requestId: newId('request', startedAtMs),
    startedAtMs,
    keyId: 'key_a',
    teamId: 'team_a',
    teamPath: 'research/vision',
    costCenter: 'CC-1',
    memberId: '',
    serviceAccountId: 'sa_a',
    endUser: 'user-17',
    tags: { feature: 'search', stage: 'beta' },
    sessionId: '',
    routeId: '',
    requestedModel: 'sim-small',
    endpoint: 'chat/completions',
    dialect: 'openai',
    streamed: true,
    ...overrides,
  };
}

export function target(overrides: Partial<AttemptTarget> = {}): AttemptTarget {
  return {
    attempt: 1,
    model: 'sim-small',
    provider: 'simulator',
    credentialId: 'cred_sim',
    credentialOwner: 'operator',
    region: 'default',
    serviceTier: 'default',
    livemode: false,
    priceVersionId: PRICE.id,
    markupRuleId: '',
    markupBasisPoints: 0,
    ...overrides,
  };
}

export function dispatch(who: RequestSubject, where: AttemptTarget = target()): DispatchFrame {
  const price = where.priceVersionId === '' ? null : priceJsonOf(PRICE);
  return { kind: 'dispatch', subject: who, target: where, inputTokensCounted: 11, price };
}

export function progress(
  of: DispatchFrame,
  outputTokensCounted: number,
  usageTokens?: number,
): ProgressFrame {
  return {
    kind: 'progress',
    requestId: of.subject.requestId,
    attempt: of.target.attempt,
    outputTokensCounted,
    ...(usageTokens === undefined
      ? {}
      : { usage: { ...emptyUsage(), inputTokens: 10, outputTokens: usageTokens } }),
  };
}

export function settle(of: DispatchFrame, overrides: Partial<SettleFrame> = {}): SettleFrame {
  const usage = overrides.usage ?? { ...emptyUsage(), inputTokens: 10, outputTokens: 5 };
  const price = of.target.priceVersionId === '' ? undefined : PRICE;
  return {
    kind: 'settle',
    organizationId: of.subject.organizationId,
    requestId: of.subject.requestId,
    attempt: of.target.attempt,
    status: 'succeeded',
    httpStatus: 200,
    errorCode: '',
    finishReason: 'stop',
    usage,
    usageSource: 'provider',
    estimated: false,
    ...rateAttempt(of.target, price, usage),
    totalMs: 120,
    firstTokenMs: 40,
    overheadUs: 180,
    upstreamRequestId: 'up_1',
    ...overrides,
  };
}

export function request(who: RequestSubject, overrides: Partial<RequestFrame> = {}): RequestFrame {
  return {
    kind: 'request',
    subject: who,
    model: 'sim-small',
    provider: 'simulator',
    livemode: false,
    status: 200,
    errorCode: '',
    refusal: null,
    attempts: 1,
    totalMs: 121,
    firstTokenMs: 40,
    overheadUs: 180,
    clientAddress: '127.0.0.1',
    userAgent: 'test',
    providerFormat: 'openai-chat',
    translated: false,
    unsupported: [],
    ...overrides,
  };
}
