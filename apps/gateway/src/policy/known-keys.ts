/**
 * Keys in memory, by the hashes of secrets in use, and which of them are known to have changed since they were read.
 *
 * A suspect key is not found until it has been read again. Whichever reading first finds a known secret revoked, it is told
 * once. Not here: asking Postgres and how old an answer may be (policy-store.ts), what a key may do
 * (pipeline/steps/authorize.ts).
 */
import type { KeySecret } from '@tollgate/keys';
import { BoundedMap } from './bounded-map.ts';
import type { Revoked } from './found-key.ts';
import type { KeyEntry } from './policy.ts';

const MAX_KEYS = 500_000;
const MAX_HASHES = 20_000;

export class KnownKeys {
  readonly #onRevoked: (revoked: Revoked) => void;
  readonly #entries = new BoundedMap<string, KeyEntry>(MAX_KEYS);
  /**
   * Secrets in use to their hashes, because an HMAC per request costs more than all of the look-up. Only keys
   * that were found get in, so that invented ones cannot fill it; what a hash may do is still looked up.
   */
  readonly #hashOfSecret = new BoundedMap<string, string>(MAX_HASHES);
  /** Key id to the hashes in memory. */
  readonly #hashesOfKey = new Map<string, Set<string>>();
  readonly #suspects = new Set<string>();
  #revision = 0;

  constructor(onRevoked: (revoked: Revoked) => void) {
    this.#onRevoked = onRevoked;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Grows with each reading. */
  get revision(): number {
    return this.#revision;
  }

  /** Undefined: it is not in memory, or has changed since it was read. */
  find(hash: string): KeyEntry | undefined {
    const key = this.#entries.get(hash);
    return key === undefined || this.#suspects.has(key.keyId) ? undefined : key;
  }

  /** Whether a secret of this key came into memory; it may have been pushed out since. */
  has(keyId: string): boolean {
    return this.#hashesOfKey.has(keyId);
  }

  /** All but the suspect ones, the oldest first. */
  unsuspected(): KeyEntry[] {
    return [...this.#entries.values()].filter(({ keyId }) => !this.#suspects.has(keyId));
  }

  hashOf(secret: KeySecret): string | undefined {
    return this.#hashOfSecret.get(secret);
  }

  learnSecret(secret: KeySecret, hash: string): void {
    this.#hashOfSecret.set(secret, hash);
  }

  /** Whether this text was a key when it was last seen. */
  remembersSecret(text: string): text is KeySecret {
    return this.#hashOfSecret.has(text);
  }

  forgetSecrets(): void {
    this.#hashOfSecret.clear();
  }

  suspect(keyId: string): void {
    this.#suspects.add(keyId);
  }

  /** Forgets all but the keys with these ids. */
  keepOnly(keyIds: ReadonlySet<string>): void {
    const kept = [...this.#entries.values()].filter(({ keyId }) => keyIds.has(keyId));
    this.#entries.clear();
    this.#hashesOfKey.clear();
    this.#hashOfSecret.clear();
    this.#suspects.clear();
    for (const key of kept) this.remember(key);
  }

  /** What a look-up found. */
  remember(key: KeyEntry): void {
    const known = this.#entries.get(key.hash);
    // A replica may answer with the past.
    if (known !== undefined && known.version > key.version) return;
    this.#entries.set(key.hash, key);
    this.#revision += 1;
    const hashes = this.#hashesOfKey.get(key.keyId);
    if (hashes === undefined) this.#hashesOfKey.set(key.keyId, new Set([key.hash]));
    else hashes.add(key.hash);
    this.#suspects.delete(key.keyId);
    // A look-up may know before the key is read again: what runs must not be served longer than what comes.
    if (key.revoked && known?.revoked === false) this.#tellRevoked(key.organizationId, new Set([key.hash]));
  }

  /** @param entries All that a key has now; none: it is gone. */
  replace(keyId: string, organizationId: string, entries: readonly KeyEntry[]): void {
    this.#revision += 1;
    const current = new Map(entries.map((entry) => [entry.hash, entry]));
    const revoked = new Set<string>();
    for (const hash of this.#hashesOfKey.get(keyId) ?? []) {
      // Only secrets in use are kept; others are found when they are used.
      const entry = current.get(hash);
      const isTold = this.#entries.get(hash)?.revoked === true;
      if (entry === undefined) this.#entries.delete(hash);
      else this.#entries.set(hash, entry);
      if (!isTold && (entry === undefined || entry.revoked)) revoked.add(hash);
    }
    this.#suspects.delete(keyId);
    if (entries.length === 0) this.#hashesOfKey.delete(keyId);
    if (revoked.size > 0) this.#tellRevoked(organizationId, revoked);
  }

  hashesOfAccounts(organizationId: string, serviceAccountIds: ReadonlySet<string>): Set<string> {
    const hashes = new Set<string>();
    for (const key of this.#entries.values()) {
      if (key.organizationId === organizationId && serviceAccountIds.has(key.serviceAccountId))
        hashes.add(key.hash);
    }
    return hashes;
  }

  #tellRevoked(organizationId: string, hashes: ReadonlySet<string>): void {
    // A revoked secret is not kept in clear any longer; the others come back with their next request.
    this.#hashOfSecret.clear();
    this.#onRevoked({ organizationId, hashes });
  }
}
