/** The headers that every answer carries, errors and streams included. */
import { passedResponseHeaders } from '@tollgate/providers';
import { type Exchange, overheadUs } from './exchange.ts';

/** @param nowMs Monotonic. */
export function answerHeaders(exchange: Exchange, nowMs: number): Record<string, string> {
  const { answer, attempts, requestId } = exchange;
  const target = attempts.at(-1)?.target;
  const passed =
    answer === undefined ? {} : passedResponseHeaders(answer.headers, answer.candidate.credential.secret);
  return {
    ...passed,
    'x-request-id': requestId,
    'x-tollgate-request-id': requestId,
    ...(target === undefined
      ? {}
      : { 'x-tollgate-model': headerText(target.model), 'x-tollgate-provider': headerText(target.provider) }),
    'x-tollgate-attempts': String(attempts.length),
    'x-tollgate-cache': 'none',
    'x-tollgate-overhead-us': String(overheadUs(exchange, nowMs)),
  };
}

/** Header values hold visible ASCII; a model's name may hold more. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
