/** The headers that every answer carries, errors and streams included. */
import { passedResponseHeaders } from '@tollgate/providers';
import { secretsOf } from '../upstream/credential-access.ts';
import { DIALECTS } from './dialect-answers.ts';
import { type Exchange, overheadUs } from './exchange.ts';
import { pushRateHeaders } from './rate-headers.ts';
import { servedBy } from './served-by.ts';

/**
 * Names and values in turns, as `writeHead` takes them without another copy.
 *
 * @param nowMs Monotonic.
 */
export function answerHeaders(exchange: Exchange, nowMs: number): string[] {
  const { answer, attempts, requestId, plan } = exchange;
  const { requestIdHeader } = DIALECTS[exchange.endpoint.dialect];
  const headers = [requestIdHeader, requestId, 'x-tollgate-request-id', requestId];
  const last = attempts.at(-1);
  const target = last?.target;
  if (target !== undefined) {
    headers.push('x-tollgate-model', headerText(target.model));
    headers.push('x-tollgate-provider', headerText(target.provider));
  }
  const { route } = servedBy(exchange);
  if (route !== undefined) headers.push('x-tollgate-route', route.name);
  headers.push('x-tollgate-attempts', String(attempts.length), 'x-tollgate-cache', 'none');
  headers.push('x-tollgate-overhead-us', String(overheadUs(exchange, nowMs)));
  if (last !== undefined && last.outputCapSet !== null) {
    headers.push('x-tollgate-max-output-tokens', String(last.outputCapSet));
  }
  if (exchange.rateStatus !== undefined) pushRateHeaders(headers, exchange.rateStatus());
  if (exchange.idempotencyUnavailable) headers.push('x-tollgate-idempotency', 'unavailable');
  if (answer === undefined) return headers;
  if (plan !== undefined && plan.unsupported.length > 0) {
    headers.push('x-tollgate-unsupported', unsupportedText(plan.unsupported));
  }
  const { credential, provider } = answer.candidate;
  const passed = passedResponseHeaders(answer.headers, secretsOf(credential, provider));
  for (const name in passed) headers.push(name, passed[name]!);
  return headers;
}

const MAX_NAMES_LENGTH = 2_048;

/** Names of parameters, commas between; cut at a whole name. */
function unsupportedText(names: readonly string[]): string {
  let text = '';
  for (const name of names) {
    const next = text === '' ? name : `${text}, ${name}`;
    if (next.length > MAX_NAMES_LENGTH) return headerText(`${text}, …`);
    text = next;
  }
  return headerText(text);
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Header values hold visible ASCII; a model's name may hold more. */
export function headerText(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(/[^\x20-\x7e]/g, '?');
}
