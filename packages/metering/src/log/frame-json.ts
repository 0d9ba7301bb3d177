/**
 * Frames as JSON, assembled by hand: `JSON.stringify` takes about twice the time, three times per request.
 *
 * The fields of every frame are written down once more here; the property test in frame-codec.test.ts compares
 * with `JSON.stringify`, and a field that is forgotten fails to compile at the bottom of this file.
 */
import type { PriceJson, RatedComponentJson, TokenUsage } from '@tollgate/catalog';
import type {
  AttemptTarget,
  BudgetHold,
  DispatchFrame,
  Frame,
  RequestFrame,
  RequestSubject,
  SettleFrame,
} from '../frame.ts';

// The subject stands in two frames of a request and the price in very many: their text is made once.
// No WeakMap for the subjects: there are many and they die young, which is what it is slow at. No Map either, which
// would keep them (slot-list.ts): each has a place by its id, and who comes later takes it.
const SUBJECT_PLACES = 1_024;
const subjects: (RequestSubject | undefined)[] = new Array(SUBJECT_PLACES).fill(undefined);
const subjectTexts: string[] = new Array(SUBJECT_PLACES).fill('');
const priceText = new WeakMap<PriceJson, string>();

/** The same value as `JSON.stringify(frame)`. */
export function frameToJson(frame: Frame): string {
  switch (frame.kind) {
    case 'dispatch':
      return dispatchToJson(frame);
    case 'settle':
      return settleToJson(frame);
    case 'request':
      return requestToJson(frame);
    case 'progress':
      return JSON.stringify(frame);
  }
}

function dispatchToJson(frame: DispatchFrame): string {
  const price = frame.price === null ? 'null' : priceToText(frame.price);
  const holds = frame.holds === undefined ? '' : `,"holds":${holdsToText(frame.holds)}`;
  const batch = frame.batch === undefined ? '' : `,"batch":${JSON.stringify(frame.batch)}`;
  return `{"kind":"dispatch","subject":${subjectToText(frame.subject)},"target":${targetToText(frame.target)},"inputTokensCounted":${frame.inputTokensCounted},"price":${price}${holds}${batch}}`;
}

function targetToText(target: AttemptTarget): string {
  const perUnit =
    target.markupPerUnit === undefined ? '' : `,"markupPerUnit":${JSON.stringify(target.markupPerUnit)}`;
  return `{"attempt":${target.attempt},"model":${quote(target.model)},"provider":${quote(target.provider)},"credentialId":${quote(target.credentialId)},"credentialOwner":"${target.credentialOwner}","region":${quote(target.region)},"serviceTier":${quote(target.serviceTier)},"livemode":${target.livemode},"priceVersionId":${quote(target.priceVersionId)},"markupRuleId":${quote(target.markupRuleId)},"markupBasisPoints":${target.markupBasisPoints}${perUnit}}`;
}

function holdsToText(holds: readonly BudgetHold[]): string {
  let text = '';
  for (const each of holds) {
    const separator = text === '' ? '' : ',';
    text += `${separator}{"budgetId":${quote(each.budgetId)},"scopeValue":${quote(each.scopeValue)},"periodStart":${each.periodStart},"grantId":${quote(each.grantId)},"amountPicoUsd":"${each.amountPicoUsd}"}`;
  }
  return `[${text}]`;
}

function tagsToText(tags: RequestSubject['tags']): string {
  for (const _name in tags) return JSON.stringify(tags);
  return '{}';
}

function subjectToText(subject: RequestSubject): string {
  const place = placeOf(subject);
  if (subjects[place] === subject) return subjectTexts[place]!;
  const text = `{"organizationId":${quote(subject.organizationId)},"requestId":${quote(subject.requestId)},"startedAtMs":${subject.startedAtMs},"keyId":${quote(subject.keyId)},"teamId":${quote(subject.teamId)},"teamPath":${quote(subject.teamPath)},"costCenter":${quote(subject.costCenter)},"memberId":${quote(subject.memberId)},"serviceAccountId":${quote(subject.serviceAccountId)},"endUser":${quote(subject.endUser)},"tags":${tagsToText(subject.tags)},"sessionId":${quote(subject.sessionId)},"routeId":${quote(subject.routeId)},"requestedModel":${quote(subject.requestedModel)},"endpoint":${quote(subject.endpoint)},"dialect":"${subject.dialect}","streamed":${subject.streamed}}`;
  flatten(text);
  subjects[place] = subject;
  subjectTexts[place] = text;
  return text;
}

/** The last characters of an id are random. */
function placeOf({ requestId }: RequestSubject): number {
  const end = requestId.length - 1;
  return (requestId.charCodeAt(end) * 59 + requestId.charCodeAt(end - 1)) % SUBJECT_PLACES;
}

function forgetSubject(subject: RequestSubject): void {
  const place = placeOf(subject);
  if (subjects[place] !== subject) return;
  subjects[place] = undefined;
  subjectTexts[place] = '';
}

/** V8 keeps a concatenation as a tree; each later use would walk it again. Looking at a character ends that. */
function flatten(text: string): void {
  if (text.charCodeAt(0) !== OPENING_BRACE)
    throw new Error('Cannot log the frame: JSON of an object was expected');
}

const OPENING_BRACE = 0x7b;

function priceToText(price: PriceJson): string {
  let text = priceText.get(price);
  if (text === undefined) {
    text = JSON.stringify(price);
    priceText.set(price, text);
  }
  return text;
}

function settleToJson(frame: SettleFrame): string {
  const cost = frame.costPicoUsd === null ? 'null' : `"${frame.costPicoUsd}"`;
  const served = frame.served === undefined ? '' : `,"served":${JSON.stringify(frame.served)}`;
  const budget = frame.budgetPicoUsd === undefined ? '' : `,"budgetPicoUsd":"${frame.budgetPicoUsd}"`;
  const batch = frame.batchId === undefined ? '' : `,"batchId":${quote(frame.batchId)}`;
  return `{"kind":"settle","organizationId":${quote(frame.organizationId)},"requestId":${quote(frame.requestId)},"attempt":${frame.attempt},"status":"${frame.status}","httpStatus":${frame.httpStatus},"errorCode":${quote(frame.errorCode)},"finishReason":${quote(frame.finishReason)},"usage":${usageToJson(frame.usage)},"usageSource":"${frame.usageSource}","estimated":${frame.estimated},"components":${componentsToText(frame.components)},"costPicoUsd":${cost},"chargePicoUsd":"${frame.chargePicoUsd}","totalMs":${frame.totalMs},"firstTokenMs":${frame.firstTokenMs},"overheadUs":${frame.overheadUs},"upstreamRequestId":${quote(frame.upstreamRequestId)}${budget}${served}${batch}}`;
}

function usageToJson(usage: TokenUsage): string {
  const images = usage.images === undefined ? '' : `,"images":${JSON.stringify(usage.images)}`;
  const units = usage.units === undefined ? '' : `,"units":${JSON.stringify(usage.units)}`;
  return `{"inputTokens":${usage.inputTokens},"cachedInputTokens":${usage.cachedInputTokens},"cacheWrite5mTokens":${usage.cacheWrite5mTokens},"cacheWrite1hTokens":${usage.cacheWrite1hTokens},"outputTokens":${usage.outputTokens},"reasoningTokens":${usage.reasoningTokens},"audioInputTokens":${usage.audioInputTokens},"audioOutputTokens":${usage.audioOutputTokens}${images}${units}}`;
}

function componentsToText(components: readonly RatedComponentJson[]): string {
  let text = '';
  for (const each of components) {
    const separator = text === '' ? '' : ',';
    const chargeUnitPrice =
      each.chargeUnitPricePicoUsd === undefined
        ? ''
        : `,"chargeUnitPricePicoUsd":"${each.chargeUnitPricePicoUsd}"`;
    text += `${separator}{"component":${quote(each.component)},"quantity":${each.quantity},"unitPricePicoUsd":"${each.unitPricePicoUsd}","costPicoUsd":"${each.costPicoUsd}","chargePicoUsd":"${each.chargePicoUsd}"${chargeUnitPrice}}`;
  }
  return `[${text}]`;
}

function requestToJson(frame: RequestFrame): string {
  const refusal = frame.refusal === null ? 'null' : JSON.stringify(frame.refusal);
  const subject = subjectToText(frame.subject);
  // The last frame of a request.
  forgetSubject(frame.subject);
  const format = frame.providerFormat === undefined ? '' : `,"providerFormat":${quote(frame.providerFormat)}`;
  const translated = frame.translated === undefined ? '' : `,"translated":${frame.translated}`;
  const unsupported =
    frame.unsupported === undefined ? '' : `,"unsupported":${namesToText(frame.unsupported)}`;
  const route = frame.route === undefined ? '' : `,"route":${JSON.stringify(frame.route)}`;
  const substitution =
    frame.substitution === undefined ? '' : `,"substitution":${JSON.stringify(frame.substitution)}`;
  return `{"kind":"request","subject":${subject},"model":${quote(frame.model)},"provider":${quote(frame.provider)},"livemode":${frame.livemode},"status":${frame.status},"errorCode":${quote(frame.errorCode)},"refusal":${refusal},"attempts":${frame.attempts},"totalMs":${frame.totalMs},"firstTokenMs":${frame.firstTokenMs},"overheadUs":${frame.overheadUs},"clientAddress":${quote(frame.clientAddress)},"userAgent":${quote(frame.userAgent)}${format}${translated}${unsupported}${route}${substitution}}`;
}

function namesToText(names: readonly string[]): string {
  return names.length === 0 ? '[]' : JSON.stringify(names);
}

// Printable ASCII without the quotation mark and the backslash needs no escaping.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

// Every key that is written above. A new field of a frame fails here until it is written.
type Written = {
  subject:
    | 'organizationId'
    | 'requestId'
    | 'startedAtMs'
    | 'keyId'
    | 'teamId'
    | 'teamPath'
    | 'costCenter'
    | 'memberId'
    | 'serviceAccountId'
    | 'endUser'
    | 'tags'
    | 'sessionId'
    | 'routeId'
    | 'requestedModel'
    | 'endpoint'
    | 'dialect'
    | 'streamed';
  target:
    | 'attempt'
    | 'model'
    | 'provider'
    | 'credentialId'
    | 'credentialOwner'
    | 'region'
    | 'serviceTier'
    | 'livemode'
    | 'priceVersionId'
    | 'markupRuleId'
    | 'markupBasisPoints'
    | 'markupPerUnit';
  hold: 'budgetId' | 'scopeValue' | 'periodStart' | 'grantId' | 'amountPicoUsd';
  dispatch: 'kind' | 'subject' | 'target' | 'inputTokensCounted' | 'price' | 'holds' | 'batch';
  settle:
    | 'kind'
    | 'organizationId'
    | 'requestId'
    | 'attempt'
    | 'status'
    | 'httpStatus'
    | 'errorCode'
    | 'finishReason'
    | 'usage'
    | 'usageSource'
    | 'estimated'
    | 'components'
    | 'costPicoUsd'
    | 'chargePicoUsd'
    | 'budgetPicoUsd'
    | 'served'
    | 'totalMs'
    | 'firstTokenMs'
    | 'overheadUs'
    | 'upstreamRequestId'
    | 'batchId';
  usage:
    | 'inputTokens'
    | 'cachedInputTokens'
    | 'cacheWrite5mTokens'
    | 'cacheWrite1hTokens'
    | 'outputTokens'
    | 'reasoningTokens'
    | 'audioInputTokens'
    | 'audioOutputTokens'
    | 'images'
    | 'units';
  component:
    | 'component'
    | 'quantity'
    | 'unitPricePicoUsd'
    | 'costPicoUsd'
    | 'chargePicoUsd'
    | 'chargeUnitPricePicoUsd';
  request:
    | 'kind'
    | 'subject'
    | 'model'
    | 'provider'
    | 'livemode'
    | 'status'
    | 'errorCode'
    | 'refusal'
    | 'attempts'
    | 'totalMs'
    | 'firstTokenMs'
    | 'overheadUs'
    | 'clientAddress'
    | 'userAgent'
    | 'providerFormat'
    | 'translated'
    | 'unsupported'
    | 'route'
    | 'substitution';
};
type Forgotten =
  | Exclude<keyof RequestSubject, Written['subject']>
  | Exclude<keyof AttemptTarget, Written['target']>
  | Exclude<keyof BudgetHold, Written['hold']>
  | Exclude<keyof DispatchFrame, Written['dispatch']>
  | Exclude<keyof SettleFrame, Written['settle']>
  | Exclude<keyof TokenUsage, Written['usage']>
  | Exclude<keyof RatedComponentJson, Written['component']>
  | Exclude<keyof RequestFrame, Written['request']>;
true satisfies [Forgotten] extends [never] ? true : never;
