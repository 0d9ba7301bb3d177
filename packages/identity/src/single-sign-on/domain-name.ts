/** The one form in which domains are stored and compared: as they stand in addresses, ASCII and lower case. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { IdentityError } from '../identity-error.ts';

/** What the record is published under has to be a name, too. */
const MAX_LENGTH = 253 - '_tollgate.'.length;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws {IdentityError} `domain_invalid`: an address, a single label, or no name at all. */
export function parseDomainName(text: string): string {
  const name = domainToASCII(text.trim().replace(/\.$/, '')).toLowerCase();
  const labels = name.split('.');
  const valid =
    name.length <= MAX_LENGTH &&
    isIP(name) === 0 &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
  if (valid) return name;
  throw new IdentityError(
    'domain_invalid',
    'Cannot use this domain: it must be a name like acme.example, without a protocol, a path or an @',
    { field: 'name' },
  );
}

export interface DomainRecord {
  readonly name: string;
  readonly value: string;
}

/** What proves that whoever has the token may change the DNS of the domain. */
export function recordOf(domain: {
  readonly name: string;
  readonly verificationToken: string;
}): DomainRecord {
  return {
    name: `_tollgate.${domain.name}`,
    value: `tollgate-verification=${domain.verificationToken}`,
  };
}
