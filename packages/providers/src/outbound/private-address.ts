/** Which addresses provider calls may not reach: everything that is not the public internet. */
import { BlockList, isIP } from 'node:net';

const PRIVATE_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
// Beside the private ranges those that carry an IPv4 address inside: mapped, NAT64, 6to4, Teredo.
const PRIVATE_V6: readonly [string, number][] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const v4 = new BlockList();
for (const [address, prefix] of PRIVATE_V4) v4.addSubnet(address, prefix, 'ipv4');
const v6 = new BlockList();
for (const [address, prefix] of PRIVATE_V6) v6.addSubnet(address, prefix, 'ipv6');
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** @param address As a connected socket tells it. What is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return v4.check(mapped, 'ipv4');
  const [plain = ''] = address.split('%');
  switch (isIP(plain)) {
    case 4:
      return v4.check(plain, 'ipv4');
    case 6:
      return v6.check(plain, 'ipv6');
    default:
      return true;
  }
}
