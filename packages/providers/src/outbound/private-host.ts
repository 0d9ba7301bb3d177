/** Which host names cannot be of the public internet, before anybody looks them up. The check that counts is on the connected peer. */
import { isIP } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/** @param hostname As `URL` writes it: addresses are in their plain form already. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPrivateAddress(host);
  return LOCAL_NAME.test(host) || !host.includes('.');
}
