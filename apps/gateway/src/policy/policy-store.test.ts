import { PriceIndex } from '@tollgate/catalog';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { createKeyHasher, type KeySecret, mintKeySecret } from '@tollgate/keys';
import { createLogger } from '@tollgate/logging';
import { describe, expect, it, vi } from 'vitest';
import type { Revoked } from './found-key.ts';
import type { KeyEntry, OrganizationPolicy } from './policy.ts';
import type { PolicySource } from './policy-source.ts';
import { PolicyStore } from './policy-store.ts';

const PEPPERS = parseKeyRing(`1:${Buffer.from('a pepper for these tests, 32 b!!').toString('base64url')}`);
const hasher = createKeyHasher(PEPPERS);
/** A second is too little where other tests have the cores. */
const PATIENT = { timeout: 30_000 };

const ORGANIZATION: OrganizationPolicy = {
  organizationId: 'org_1',
  name: 'One',
  region: 'default',
  stalenessCapMs: 60_000,
  suspended: false,
  teams: new Map(),
  disabledServiceAccounts: new Set(),
  budgets: null,
  ownBudgets: null,
  rates: null,
  keepsPayloads: false,
  routes: null,
  credentials: [],
  prices: [],
};

function entry(secret: KeySecret, rest: Partial<KeyEntry> = {}): KeyEntry {
  return {
    hash: hasher.hash(secret).hash,
    keyId: 'key_1',
    organizationId: 'org_1',
    name: '',
    teamId: '',
    memberId: '',
    serviceAccountId: '',
    models: null,
    providers: null,
    endpoints: null,
    addresses: null,
    tags: {},
    expiresAtMs: Number.POSITIVE_INFINITY,
    revoked: false,
    version: 1,
    ...rest,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A source whose answers a test holds back and lets go. */
function setUp() {
  const clock = fixedClock(1_000);
  const revoked: Revoked[] = [];
  const state = {
    key: undefined as KeyEntry | undefined,
    /** By hash, where there are many. */
    keys: new Map<string, KeyEntry>(),
    organization: ORGANIZATION as OrganizationPolicy | undefined,
    inUse: [] as KeyEntry[],
    reads: 0,
    organizationReads: 0,
    whileReading: undefined as (() => void) | undefined,
    organizationFails: false,
    platformFails: false,
    fail: false,
  };
  let gate = Promise.resolve();
  const source: PolicySource = {
    async findKey(hashes) {
      state.reads += 1;
      const { fail } = state;
      const key = state.key ?? state.keys.get(hashes[0] ?? '');
      await gate;
      if (fail) throw new Error('the database is away');
      return key;
    },
    async loadKey() {
      const { key, fail } = state;
      await gate;
      if (fail) throw new Error('the database is away');
      return key === undefined ? [] : [key];
    },
    async findOrganization() {
      state.organizationReads += 1;
      const { organization, organizationFails } = state;
      if (state.whileReading !== undefined) {
        await settled();
        state.whileReading();
      }
      if (organizationFails) throw new Error('a row that no version knows');
      return organization;
    },
    loadPlatform: () =>
      state.platformFails
        ? Promise.reject(new Error('a row that no version knows'))
        : Promise.resolve({
            credentials: [],
            models: new Map(),
            prices: [],
            priceIndex: new PriceIndex([]),
            markups: new Map(),
          }),
    currentCursor: () => Promise.resolve('1'),
    changesSince: (cursor) => Promise.resolve({ changes: [], cursor }),
  };
  const store = new PolicyStore({
    source,
    hasher,
    clock,
    logger: createLogger({ name: 'test', level: 'silent' }),
    onRevoked: (one) => revoked.push(one),
    inUse: () => state.inUse,
  });
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return () => {
      gate = Promise.resolve();
      resolve();
    };
  };
  return { store, state, clock, revoked, hold };
}

describe('PolicyStore.whenReady()', () => {
  it('[G8] resolves when the policy has been read, not before', async () => {
    const { store } = setUp();
    let isReady = false;
    const ready = store.whenReady(60_000).then(() => {
      isReady = true;
    });
    await Promise.resolve();
    expect([isReady, store.ready]).toEqual([false, false]);
    await store.loadPlatform();
    await ready;
    expect(store.ready).toBe(true);
  });

  it('[G1] does not wait for ever', async () => {
    const { store } = setUp();
    await store.whenReady(10);
    expect(store.ready).toBe(false);
  });
});

const CHANGED = { organizationId: 'org_1', kind: 'key-changed', targetId: 'key_1' };

describe('PolicyStore', () => {
  it('[G3] cuts what still runs for a service account when it is disabled, once', async () => {
    const { store, state, revoked } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret, { serviceAccountId: 'sa_1' });
    expect(await store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    state.organization = { ...ORGANIZATION, disabledServiceAccounts: new Set(['sa_1', 'sa_2']) };
    const change = { organizationId: 'org_1', kind: 'policy-changed', targetId: 'sa_1' };
    store.apply(change);
    await settled();
    store.apply(change);
    await settled();
    expect(revoked).toEqual([{ organizationId: 'org_1', hashes: new Set([hasher.hash(secret).hash]) }]);
  });

  it('[G3] cuts all streams of an organization that is suspended or gone', async () => {
    for (const after of [{ ...ORGANIZATION, suspended: true }, undefined]) {
      const { store, state, revoked } = setUp();
      const secret = mintKeySecret();
      state.key = entry(secret);
      await store.find(secret, '10.0.0.1');
      state.organization = after;
      store.apply({ organizationId: 'org_1', kind: 'organization-changed', targetId: 'org_1' });
      await settled();
      expect(revoked).toEqual([{ organizationId: 'org_1' }]);
    }
  });

  it('[G3] cuts the streams of one secret that was removed, and leaves those of the key’s other secret', async () => {
    const { store, state, revoked } = setUp();
    const [old, next] = [mintKeySecret(), mintKeySecret()];
    for (const secret of [old, next]) {
      state.key = entry(secret);
      await store.find(secret, '10.0.0.1');
    }
    store.apply(CHANGED);
    await settled();
    expect(revoked).toEqual([{ organizationId: 'org_1', hashes: new Set([hasher.hash(old).hash]) }]);
  });

  it('[G3] cuts nothing when a credential of a provider goes: what was sent with it is paid for, new requests have it not', async () => {
    const { store, state, revoked } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    await store.find(secret, '10.0.0.1');
    state.organization = { ...ORGANIZATION, name: 'without the credential' };
    store.apply({ organizationId: 'org_1', kind: 'credential-changed', targetId: 'cred_1' });
    await settled();
    expect(revoked).toEqual([]);
    expect(store.find(secret, '10.0.0.1')).toMatchObject({
      organization: { name: 'without the credential' },
    });
  });

  it.each([
    ['the key was revoked', { key: { revoked: true, version: 2 } }, 'hash'],
    ['the key is gone', { key: null }, 'hash'],
    ['the organization was suspended', { organization: { suspended: true } }, 'all'],
    ['the organization is gone', { organization: null }, 'all'],
    [
      'the service account was disabled',
      { organization: { disabledServiceAccounts: new Set(['sa_1']) } },
      'hash',
    ],
    ['nothing changed', {}, 'none'],
  ] as const)(
    '[G3] looks at restored keys with open streams once Postgres is back: %s',
    async (_what, after, cut) => {
      const { store, state, revoked } = setUp();
      const [secret, idle] = [mintKeySecret(), mintKeySecret()];
      const key = entry(secret, { serviceAccountId: 'sa_1' });
      const keys = [key, entry(idle, { keyId: 'key_2' })];
      const platform = await (async () => {
        const other = setUp();
        await other.store.loadPlatform();
        return other.store.snapshot(0)!.platform;
      })();
      store.restore({ platform, organizations: [ORGANIZATION], keys, freshAtMs: 0 }, 0);
      expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
      state.inUse = [key];
      const changes: { key?: Partial<KeyEntry> | null; organization?: Partial<OrganizationPolicy> | null } =
        after;
      state.key = changes.key === null ? undefined : { ...key, ...changes.key };
      state.organization =
        changes.organization === null ? undefined : { ...ORGANIZATION, ...changes.organization };
      store.forgetRestored();
      // Neither is served from what came from disk.
      expect(store.find(secret, '10.0.0.1')).toBeInstanceOf(Promise);
      expect(store.find(idle, '10.0.0.1')).toBeInstanceOf(Promise);
      await settled();
      const byHash = { organizationId: 'org_1', hashes: new Set([key.hash]) };
      const expected = { hash: [byHash], all: [{ organizationId: 'org_1' }], none: [] }[cut];
      for (const each of expected) expect(revoked).toContainEqual(each);
      if (cut === 'none') expect(revoked).toEqual([]);
    },
  );

  it('[G3] throws away what an in-flight look-up brings when the key was revoked meanwhile', async () => {
    const { store, state, hold } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    const release = hold();
    const looking = store.find(secret, '10.0.0.1');
    state.key = entry(secret, { revoked: true, version: 2 });
    store.apply(CHANGED);
    release();
    expect(await looking).toMatchObject({ kind: 'found', key: { revoked: true } });
    expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found', key: { revoked: true } });
  });

  it('[G3] does not serve a key from memory between its change and its next read', async () => {
    const { store, state, revoked, hold } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    await store.find(secret, '10.0.0.1');
    expect(store.find(secret, '10.0.0.1')).not.toBeInstanceOf(Promise);
    const release = hold();
    state.key = entry(secret, { revoked: true, version: 2 });
    store.apply(CHANGED);
    const asked = store.find(secret, '10.0.0.1');
    expect(asked).toBeInstanceOf(Promise);
    release();
    expect(await asked).toMatchObject({ kind: 'found', key: { revoked: true } });
    await settled();
    expect(revoked).toEqual([{ organizationId: 'org_1', hashes: new Set([state.key.hash]) }]);
  });

  it('[G1] says that it cannot tell, never that there is none, when a look-up fails', async () => {
    const { store, state } = setUp();
    state.fail = true;
    expect(await store.find(mintKeySecret(), '10.0.0.1')).toEqual({
      kind: 'unavailable',
      reason: 'look-up-failed',
    });
    state.fail = false;
    expect(await store.find(mintKeySecret(), '10.0.0.1')).toEqual({ kind: 'unknown' });
  });

  it('[G2] serves a used key up to the staleness cap, and no longer', async () => {
    const { store, state, clock } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    await store.find(secret, '10.0.0.1');
    clock.advance(60_000);
    expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    clock.advance(1);
    expect(store.find(secret, '10.0.0.1')).toEqual({ kind: 'unavailable', reason: 'stale' });
    store.confirmFresh(clock.monotonicMs());
    expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
  });

  it.each([
    ['its organization', 'org_1', 'organizationFails'],
    ['the catalogue', OPERATOR_ORGANIZATION_ID, 'platformFails'],
  ] as const)(
    '[G2] serves nobody longer than the cap by what is known to have changed and cannot be read: %s',
    async (_what, organizationId, fails) => {
      const { store, state, clock } = setUp();
      const secret = mintKeySecret();
      state.key = entry(secret);
      await store.find(secret, '10.0.0.1');
      state[fails] = true;
      store.apply({ organizationId, kind: 'policy-changed', targetId: 'bud_1' });
      await settled();
      const findAfter = (ms: number) => {
        clock.advance(ms);
        // Polls go on: Postgres is there, but for this one row.
        store.confirmFresh(clock.monotonicMs());
        return store.find(secret, '10.0.0.1');
      };
      expect(findAfter(60_000)).toMatchObject({ kind: 'found' });
      expect(findAfter(1)).toEqual({ kind: 'unavailable', reason: 'stale' });
      // Nor by keys that come new.
      const another = mintKeySecret();
      state.key = entry(another, { keyId: 'key_2' });
      expect(await store.find(another, '10.0.0.1')).toEqual({ kind: 'unavailable', reason: 'stale' });
      const kept = store.snapshot(0)?.organizations.map((each) => each.organizationId);
      expect(kept, 'what is kept on disk is no older than it says').toEqual(
        organizationId === 'org_1' ? [] : undefined,
      );
      state[fails] = false;
      await vi.waitFor(
        () => expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' }),
        PATIENT,
      );
      store.close();
    },
  );

  it('[G2] serves a catalogue from disk no longer than the cap when Postgres is back and it cannot be read', async () => {
    const { store, state } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    await store.loadPlatform();
    const { platform } = store.snapshot(0)!;
    const restarted = setUp();
    Object.assign(restarted.state, { key: state.key, platformFails: true });
    restarted.store.restore({ platform, organizations: [ORGANIZATION], keys: [state.key], freshAtMs: 0 }, 0);
    restarted.store.forgetRestored();
    expect(await restarted.store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    restarted.clock.advance(60_001);
    restarted.store.confirmFresh(restarted.clock.monotonicMs());
    expect(restarted.store.find(secret, '10.0.0.1')).toEqual({ kind: 'unavailable', reason: 'stale' });
    restarted.store.close();
  });

  it('[G1] reads the policy of an organization that changes without pause', async () => {
    const { store, state, clock } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    const change = () => store.apply({ organizationId: 'org_1', kind: 'policy-changed', targetId: 'bud_1' });
    state.whileReading = () => {
      state.organization = { ...ORGANIZATION, name: `after ${state.organizationReads}` };
      change();
    };
    expect(await store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    const readAgain = async () => {
      const before = state.organizationReads;
      await vi.waitFor(() => expect(state.organizationReads).toBeGreaterThan(before + 1), PATIENT);
      store.confirmFresh(clock.monotonicMs());
    };
    // In all longer than the cap; each time it is as new as the last reading.
    for (let round = 0; round < 3; round += 1) {
      clock.advance(50_000);
      await readAgain();
      expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    }
    state.whileReading = undefined;
    const last = () => store.find(secret, '10.0.0.1');
    await vi.waitFor(
      () => expect(last()).toMatchObject({ organization: { name: state.organization?.name } }),
      PATIENT,
    );
    store.close();
  });

  it('asks once for a key that many ask for at once, and remembers what does not exist', async () => {
    const { store, state, hold } = setUp();
    const secret = mintKeySecret();
    const release = hold();
    const answers = Promise.all(Array.from({ length: 50 }, () => store.find(secret, '10.0.0.1')));
    release();
    await answers;
    expect(store.find(secret, '10.0.0.1')).toEqual({ kind: 'unknown' });
    expect(state.reads).toBe(1);
  });

  it('sheds look-ups of one address without touching those of another, and gives real keys their token back', async () => {
    const { store, state } = setUp();
    const kinds = new Set<string>();
    for (let index = 0; index < 60; index += 1) {
      kinds.add((await store.find(mintKeySecret(), '10.0.0.1')).kind);
    }
    expect(kinds).toEqual(new Set(['unknown', 'unavailable']));
    for (let index = 0; index < 200; index += 1) {
      const secret = mintKeySecret();
      state.key = entry(secret, { keyId: `key_${index}` });
      expect((await store.find(secret, '10.0.0.2')).kind).toBe('found');
    }
  });

  it('[G1, G8] lets all keys wait for each other that come at once after a start, also from one address', async () => {
    const { store, state, hold } = setUp();
    const release = hold();
    const answers = Array.from({ length: 500 }, (_, index) => {
      const secret = mintKeySecret();
      state.keys.set(hasher.hash(secret).hash, entry(secret, { keyId: `key_${index}` }));
      return store.find(secret, '10.0.0.1');
    });
    expect(state.reads).toBeLessThanOrEqual(64);
    release();
    expect(new Set((await Promise.all(answers)).map(({ kind }) => kind))).toEqual(new Set(['found']));
    expect(state.reads).toBe(500);
  });

  it('[G1, G2] lets nobody wait for a database that is away, and everybody in when it is back; never for invented keys', async () => {
    const { store, state, hold } = setUp();
    const ask = async (secrets: readonly KeySecret[]) => {
      const found = await Promise.all(secrets.map((secret) => store.find(secret, '10.0.0.1')));
      return new Set(found.map(({ kind }) => kind));
    };
    const real = Array.from({ length: 500 }, () => mintKeySecret());
    state.fail = true;
    const release = hold();
    const failing = ask(real);
    release();
    expect(await failing).toEqual(new Set(['unavailable']));
    expect(state.reads).toBeLessThanOrEqual(80);
    state.fail = false;
    real.forEach((secret, index) => {
      state.keys.set(hasher.hash(secret).hash, entry(secret, { keyId: `key_${index}` }));
    });
    expect(await ask(real)).toEqual(new Set(['found']));
    const before = state.reads;
    expect(await ask(Array.from({ length: 500 }, () => mintKeySecret()))).toEqual(
      new Set(['unknown', 'unavailable']),
    );
    expect(state.reads - before).toBeLessThanOrEqual(50);
  });

  it('[G3] forgets the secret in clear when its key is revoked, and knows it again only as revoked', async () => {
    const { store, state } = setUp();
    const secret = mintKeySecret();
    state.key = entry(secret);
    await store.find(secret, '10.0.0.1');
    expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    expect(store.remembers(secret)).toBe(true);
    state.key = entry(secret, { revoked: true, version: 2 });
    store.apply(CHANGED);
    await settled();
    expect(store.remembers(secret)).toBe(false);
    expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found', key: { revoked: true } });
  });

  it('remembers no secret that was never found', async () => {
    const { store } = setUp();
    const secret = mintKeySecret();
    await store.find(secret, '10.0.0.1');
    await store.find(secret, '10.0.0.1');
    expect(store.remembers(secret)).toBe(false);
  });

  it.each(['invoice-finalized', 'invoice-paid', 'credit-note-issued', 'never-heard-of'])(
    'reads nothing for %s, which is no policy',
    async (kind) => {
      const { store, state } = setUp();
      const secret = mintKeySecret();
      state.key = entry(secret);
      await store.find(secret, '10.0.0.1');
      const before = { ...state };
      store.apply({ organizationId: 'org_1', kind, targetId: 'inv_1' });
      store.apply({ organizationId: 'org_operator', kind, targetId: 'key_1' });
      await settled();
      expect(state).toEqual(before);
      expect(store.find(secret, '10.0.0.1')).toMatchObject({ kind: 'found' });
    },
  );
});
