/** Which issuers an organization may name. */
import { parseBaseUrl } from '../provider-credentials/base-url.ts';

/**
 * @returns The text as it was typed: issuers compare it to the letter, a slash at its end included.
 * @throws {ApiProblem} No URL, not https, a private address, with a query or a password.
 */
export function parseIssuer(text: string, allowedPrivateOrigins: readonly string[]): string {
  parseBaseUrl(text, allowedPrivateOrigins, 'body.issuer');
  return text;
}
