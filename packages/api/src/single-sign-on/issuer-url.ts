/** Which issuers an organization may name. */
import { invalidField } from '../framework/problem.ts';
import { parseBaseUrl } from '../provider-credentials/base-url.ts';

const MICROSOFT_HOSTS = [
  'login.microsoftonline.com',
  'login.microsoft.com',
  'login.windows.net',
  'sts.windows.net',
];
/** Names of all directories at once, and the directory of private accounts, by its name and its id. */
const MICROSOFT_FOR_ANYBODY = [
  'common',
  'organizations',
  'consumers',
  '9188040d-6c67-4c5b-b112-36a304b66dad',
];

/**
 * @returns The text as it was typed: issuers compare it to the letter, a slash at its end included.
 * @throws {ApiProblem} No URL, not https, a private address, with a query or a password; an issuer of Microsoft that
 *   anybody has an account at.
 */
export function parseIssuer(text: string, allowedPrivateOrigins: readonly string[]): string {
  const url = new URL(parseBaseUrl(text, allowedPrivateOrigins, 'body.issuer'));
  if (isAnybodys(url)) {
    throw invalidField(
      'body.issuer',
      'must be of one directory: anybody has an account at this one',
      'shared_issuer',
    );
  }
  return text;
}

function isAnybodys({ hostname, pathname }: URL): boolean {
  const host = hostname.replace(/\.$/, '');
  if (host === 'login.live.com') return true;
  if (!MICROSOFT_HOSTS.includes(host)) return false;
  const [directory = ''] = pathname.split('/').filter((part) => part !== '');
  // No directory is written with escapes.
  return directory.includes('%') || MICROSOFT_FOR_ANYBODY.includes(directory.toLowerCase());
}
