import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PriceIndex } from '@tollgate/catalog';
import { listsAddress, parseAddressList } from '@tollgate/keys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEST_ENCRYPTION_KEYS, TEST_PEPPERS } from '../testing/seed.ts';
import type { KeyEntry } from './policy.ts';
import { PolicyCache, type PolicySnapshot } from './policy-cache.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tg-policy-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (encryptionKeys = TEST_ENCRYPTION_KEYS) => new PolicyCache({ directory, encryptionKeys });

const key = (keyId: string): KeyEntry => ({
  hash: `hash of ${keyId}`,
  keyId,
  organizationId: 'org_1',
  name: keyId,
  teamId: '',
  memberId: '',
  serviceAccountId: '',
  models: new Set(['sim-*']),
  providers: null,
  endpoints: null,
  addresses: parseAddressList(['10.0.0.0/8', '2001:db8::1']),
  tags: { feature: 'search' },
  expiresAtMs: Number.POSITIVE_INFINITY,
  revoked: false,
  version: 1,
});

const CREDENTIAL: PolicySnapshot['platform']['credentials'][number] = {
  id: 'cred_1',
  organizationId: 'org_1',
  owner: 'organization',
  provider: 'simulator',
  baseUrl: 'http://127.0.0.1/v1',
  secret: 'sk-canary-of-a-provider',
  region: 'default',
  livemode: true,
  priority: 1,
  models: null,
  version: 1,
};

const SNAPSHOT: PolicySnapshot = {
  platform: {
    credentials: ['cred_resold', 'cred_withdrawn'].map((id) => ({ ...CREDENTIAL, id, owner: 'operator' })),
    models: new Map(),
    prices: [],
    priceIndex: new PriceIndex([]),
    markups: new Map(),
  },
  organizations: [
    {
      organizationId: 'org_1',
      name: 'Acme',
      region: 'default',
      stalenessCapMs: 3_600_000,
      suspended: false,
      keepsPayloads: true,
      teams: new Map(),
      disabledServiceAccounts: new Set(),
      credentials: [CREDENTIAL],
      prices: [],
      budgets: { organizationId: 'org_1', budgets: [], zones: [], zoneVersion: '0:' },
      ownBudgets: null,
      rates: null,
      routes: new Map([
        [
          'fast',
          { id: 'route_1', name: 'Fast', rules: [], fallbacks: [], stickyBy: 'none', allowResold: false },
        ],
      ]),
    },
  ],
  keys: Array.from({ length: 600 }, (_, index) => key(`key_${index}`)),
  freshAtMs: 1_000,
};

describe('the policy kept on disk [G2]', () => {
  it('comes back as it was, over several records', async () => {
    await open().save(SNAPSHOT);
    const loaded = open().load()!;
    expect(loaded.organizations).toEqual(SNAPSHOT.organizations);
    expect(loaded.keys.map(({ addresses: _, ...rest }) => rest)).toEqual(
      SNAPSHOT.keys.map(({ addresses: _, ...rest }) => rest),
    );
    expect(loaded.freshAtMs).toBe(1_000);
    for (const [address, isListed] of [
      ['10.1.2.3', true],
      ['2001:db8::1', true],
      ['11.0.0.1', false],
    ] as const) {
      expect(listsAddress(loaded.keys[0]!.addresses!, address)).toBe(isListed);
    }
  });

  it('[X2] holds no secret in clear, and opens with no other key', async () => {
    await open().save(SNAPSHOT);
    for (const name of readdirSync(directory)) {
      const bytes = readFileSync(join(directory, name));
      expect(bytes.includes('sk-canary')).toBe(false);
      expect(bytes.includes(Buffer.from('sk-canary').toString('base64').slice(0, 8))).toBe(false);
    }
    expect(() => open(TEST_PEPPERS).load()).toThrow('Cannot open a sealed secret');
  });

  it('[G3] leaves out what changed after it was kept, also while the next one is being written', async () => {
    const cache = open();
    await cache.save(SNAPSHOT);
    cache.noteChanged('key_7');
    expect(
      open()
        .load()!
        .keys.some(({ keyId }) => keyId === 'key_7'),
    ).toBe(false);
    const saving = cache.save(SNAPSHOT);
    cache.noteChanged('key_8');
    cache.noteChanged('org_1');
    cache.noteChanged('cred_withdrawn');
    await saving;
    const loaded = open().load()!;
    expect(loaded.platform.credentials.map(({ id }) => id)).toEqual(['cred_resold']);
    expect(loaded.keys.some(({ keyId }) => keyId === 'key_8')).toBe(false);
    expect(loaded.keys.some(({ keyId }) => keyId === 'key_7')).toBe(true);
    expect(loaded.organizations).toEqual([]);
  });

  it('[G3] has what changed on the disk itself soon after it was noted, many changes at a time', async () => {
    const synced: string[] = [];
    const sizes: number[] = [];
    const cache = new PolicyCache({
      directory,
      encryptionKeys: TEST_ENCRYPTION_KEYS,
      sync: (path) => {
        synced.push(path === directory ? 'folder' : basename(path));
        if (path !== directory) sizes.push(statSync(path).size);
        return Promise.resolve();
      },
    });
    await cache.save(SNAPSHOT);
    synced.length = 0;
    for (let index = 100; index < 300; index += 1) cache.noteChanged(`key_${index}`);
    // A kill now loses nothing: it is in the file.
    expect(open().load()!.keys).toHaveLength(400);
    await cache.synced();
    expect(synced).toEqual(['changed-1.txt', 'folder']);
    expect(sizes).toEqual([200 * 'key_100\n'.length]);
  });

  it('[G3] counts as fresh only with its changes on the disk, and tries again where the disk failed', async () => {
    let isBroken = true;
    const order: string[] = [];
    const cache = new PolicyCache({
      directory,
      encryptionKeys: TEST_ENCRYPTION_KEYS,
      sync: (path) => {
        if (isBroken && path.endsWith('.txt')) return Promise.reject(new Error('the disk is broken'));
        order.push(basename(path));
        return Promise.resolve();
      },
    });
    await cache.save(SNAPSHOT);
    cache.noteChanged('key_1');
    await expect(cache.saveFresh(5_000)).rejects.toThrow('the disk is broken');
    expect(open().load()!.freshAtMs).toBe(1_000);
    isBroken = false;
    await cache.saveFresh(5_000);
    expect(order).toContain('changed-1.txt');
    expect(open().load()!.freshAtMs).toBe(5_000);
  });

  it('grows no older than it was last confirmed, and keeps one generation', async () => {
    const cache = open();
    await cache.save(SNAPSHOT);
    await cache.saveFresh(5_000);
    expect(open().load()!.freshAtMs).toBe(5_000);
    await cache.save({ ...SNAPSHOT, freshAtMs: 6_000 });
    expect(open().load()!.freshAtMs).toBe(6_000);
    expect(readdirSync(directory)).toEqual(['bundle-2.bin']);
    cache.forget();
    expect(open().load()).toBeUndefined();
  });

  it('is refused when it is cut, or its records change places', async () => {
    await open().save(SNAPSHOT);
    const path = join(directory, 'bundle-1.bin');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -10));
    expect(() => open().load()).toThrow();
    const headerEnd = 4 + bytes.readUInt32BE(0);
    writeFileSync(path, bytes.subarray(0, headerEnd));
    expect(() => open().load()).toThrow('must have 5 records, got 0');
  });
});
