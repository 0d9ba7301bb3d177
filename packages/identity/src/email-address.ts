/**
 * The one form in which addresses are stored and compared: NFKC, lower case, plain.
 *
 * Stricter than RFC 5321 on purpose: quoted local parts, comments, lists and characters that only become
 * an @ or a dot by normalization have been used to send one person's mail to another.
 */
import { IdentityError } from './identity-error.ts';

export type EmailAddress = string & { readonly __kind: 'EmailAddress' };

const MAX_LENGTH = 254;
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws {IdentityError} `invalid_email`: not one plain address. */
export function parseEmailAddress(text: string): EmailAddress {
  const address = findEmailAddress(text);
  if (address === undefined) {
    throw new IdentityError('invalid_email', 'Cannot use this address: it must be one plain e-mail address', {
      field: 'email',
    });
  }
  return address;
}

/** As `parseEmailAddress`, undefined where that throws. */
export function findEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const trimmed = text.trim();
  const normal = trimmed.normalize('NFKC').toLowerCase();
  // A look-alike of @ or of a dot would be one only after normalization; other systems see another address.
  if (countOf(trimmed, '@') !== 1 || countOf(normal, '@') !== 1) return undefined;
  if (countOf(trimmed, '.') !== countOf(normal, '.')) return undefined;
  const [localPart, domain] = normal.split('@') as [string, string];
  const labels = domain.split('.');
  const valid =
    localPart.length <= 64 &&
    LOCAL_PART.test(localPart) &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
  return valid ? (normal as EmailAddress) : undefined;
}

export function domainOf(address: EmailAddress): string {
  return address.slice(address.indexOf('@') + 1);
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}
