/**
 * Which base URLs a credential may have: HTTPS to a public host, or an origin that the operator allows.
 *
 * This is the check at save. The check that counts is on the connected peer, at every use
 * (providers/outbound), because a name can change its address.
 */
import { isPrivateHost } from '@tollgate/providers/outbound';
import type { FieldCode } from '../framework/field-errors.ts';
import { invalidField } from '../framework/problem.ts';

const MAX_LENGTH = 2_048;

/**
 * @returns The URL in one spelling, without a slash at its end.
 * @throws {ApiProblem} Not such a URL.
 */
export function parseBaseUrl(
  text: string,
  allowedPrivateOrigins: readonly string[],
  path = 'body.baseUrl',
): string {
  const refuse = (message: string, code: FieldCode = 'invalid') => invalidField(path, message, code);
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw refuse('must be a URL');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password');
  if (url.search !== '' || url.hash !== '') throw refuse('must not have a query or a fragment');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse('must begin with https://', 'https_needed');
  if (!allowedPrivateOrigins.includes(url.origin)) {
    if (url.protocol !== 'https:') throw refuse('must begin with https://', 'https_needed');
    if (isPrivateHost(url.hostname)) throw refuse('must not be a private address', 'private_address');
  }
  return url.href.replace(/\/+$/, '');
}
