/**
 * What a key may do, from memory: looked up on first use, read again when it changes, served while the control
 * plane is away up to each organization's staleness cap.
 *
 * What a look-up brings of a key is thrown away if the key changed meanwhile (change-numbers.ts): a slow read can never
 * resurrect a revoked key. A key that is known to have changed is not served from memory until it has been read again. An
 * organization is served as it was last read, until the staleness cap has passed since the first change that was not.
 * Not here: the keys themselves (known-keys.ts), the policies of organizations (organization-policies.ts), where changes come
 * from (change-feed.ts), what they allow (pipeline/steps/authorize.ts).
 */
import type { Clock } from '@tollgate/clock';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import type { KeyHasher, KeySecret } from '@tollgate/keys';
import type { Logger } from '@tollgate/logging';
import { BoundedMap } from './bounded-map.ts';
import { ChangeNumbers } from './change-numbers.ts';
import type { FoundKey, Revoked } from './found-key.ts';
import { KnownKeys } from './known-keys.ts';
import { DEFAULT_LOOK_UP_BUDGET, LookUpBudget, type LookUpBudgetOptions } from './look-up-budget.ts';
import { LookUpQueue } from './look-up-queue.ts';
import { OrganizationPolicies } from './organization-policies.ts';
import type { KeyEntry, OrganizationPolicy, PolicyChange } from './policy.ts';
import type { PolicySnapshot } from './policy-cache.ts';
import type { PolicySource } from './policy-source.ts';
import { MAX_RELOAD_DELAY_MS, RELOAD_DELAY_MS, Retries } from './retries.ts';

export interface PolicyStoreOptions {
  readonly source: PolicySource;
  readonly hasher: KeyHasher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Some secrets, or all keys of an organization, may not be used any more: open streams end. */
  readonly onRevoked: (revoked: Revoked) => void;
  /** A key or an organization that is in memory was changed. */
  readonly onChanged?: (id: string) => void;
  /** Keys with running requests. */
  readonly inUse?: () => Iterable<KeyEntry>;
  readonly lookUpBudget?: LookUpBudgetOptions;
}

/** The outbox carries more: invoices, credit notes, whatever comes. */
const POLICY_KINDS: ReadonlySet<string> = new Set([
  'key-changed',
  'credential-changed',
  'organization-changed',
  'policy-changed',
]);
const MAX_UNKNOWN = 50_000;
const UNKNOWN_TTL_MS = 30_000;
/** More would take long to write; the others are looked up. */
const MAX_KEPT_KEYS = 50_000;
const SHED: FoundKey = { kind: 'unavailable', reason: 'shed' };

export class PolicyStore {
  readonly #options: PolicyStoreOptions;
  readonly #budget: LookUpBudget;
  readonly #lookUps: LookUpQueue;
  readonly #keys: KnownKeys;
  readonly #unknown = new BoundedMap<string, number>(MAX_UNKNOWN);
  readonly #loads = new Map<string, Promise<FoundKey>>();
  readonly #changes = new ChangeNumbers();
  readonly #retries = new Retries();
  readonly #policies: OrganizationPolicies;
  #freshMs: number;

  constructor(options: PolicyStoreOptions) {
    this.#options = options;
    this.#keys = new KnownKeys((revoked) => options.onRevoked(revoked));
    this.#freshMs = options.clock.monotonicMs();
    this.#budget = new LookUpBudget(options.lookUpBudget ?? DEFAULT_LOOK_UP_BUDGET, this.#freshMs);
    this.#lookUps = new LookUpQueue(this.#budget, options.clock);
    const { source, clock, logger } = options;
    this.#policies = new OrganizationPolicies({
      ...{ source, clock, logger },
      changes: this.#changes,
      retries: this.#retries,
      onRead: (organizationId, before, after) => this.#cutWhoMayNot(organizationId, before, after),
    });
  }

  /** Whether a request could be served at all: the catalogue has been read. */
  get ready(): boolean {
    return this.#policies.platform !== undefined;
  }

  /** Resolves when it is ready, or when `timeoutMs` have passed. */
  async whenReady(timeoutMs: number): Promise<void> {
    const tooLate = Promise.withResolvers<void>();
    const timer = setTimeout(tooLate.resolve, timeoutMs);
    await Promise.race([this.#policies.whenPlatform, tooLate.promise]);
    clearTimeout(timer);
  }

  /** Grows with whatever a snapshot shows. */
  get revision(): number {
    return this.#keys.revision + this.#policies.revision;
  }

  /**
   * What may be kept for a start without Postgres. @param nowMs Unix. @returns Undefined: there is no catalogue, or what has
   * changed of it is not read yet.
   */
  snapshot(nowMs: number): PolicySnapshot | undefined {
    const read = this.#policies.readSoFar();
    if (read === undefined) return undefined;
    return {
      ...read,
      keys: this.#keys.unsuspected().slice(-MAX_KEPT_KEYS),
      freshAtMs: nowMs - (this.#options.clock.monotonicMs() - this.#freshMs),
    };
  }

  /** Serves what an earlier process knew, where this one knows nothing. @param ageMs How long ago it was fresh. */
  restore(snapshot: PolicySnapshot, ageMs: number): void {
    if (this.ready || !this.#keys.isEmpty) return;
    this.#freshMs = this.#options.clock.monotonicMs() - ageMs;
    this.#policies.restore(snapshot.platform, snapshot.organizations);
    for (const key of snapshot.keys) this.#keys.remember(key);
  }

  /**
   * Postgres can be asked again: everything is read anew. What changed while it was away is on no list that will come
   * by, so that keys with running requests are looked at now; the others are when they are used.
   */
  forgetRestored(): void {
    const inUse = new Map([...(this.#options.inUse?.() ?? [])].map((key) => [key.keyId, key]));
    const organizations = new Set([...inUse.values()].map(({ organizationId }) => organizationId));
    this.#keys.keepOnly(new Set(inUse.keys()));
    for (const { keyId, organizationId } of inUse.values()) {
      this.#keys.suspect(keyId);
      void this.#reloadKey(keyId, organizationId, RELOAD_DELAY_MS);
    }
    this.#policies.forgetRestored((organizationId) => organizations.has(organizationId));
  }

  /** All changes up to `monotonicMs` have been applied. */
  confirmFresh(monotonicMs: number): void {
    this.#freshMs = Math.max(this.#freshMs, monotonicMs);
  }

  /** For a request that was found some time ago, as when its body was long on its way. */
  latest(organization: OrganizationPolicy): OrganizationPolicy {
    return this.#policies.get(organization.organizationId) ?? organization;
  }

  /** Answers at once for a key that is in memory. */
  find(secret: KeySecret, address: string): FoundKey | Promise<FoundKey> {
    const knownHash = this.#keys.hashOf(secret);
    const hash = knownHash ?? this.#options.hasher.hash(secret).hash;
    const found = this.#findInMemory(hash);
    if (found === undefined) return this.#findElsewhere(hash, secret, address);
    if (knownHash === undefined && found.kind === 'found') this.#keys.learnSecret(secret, hash);
    return found;
  }

  /** Whether this text was a key when it was last seen: its form need not be checked again. */
  remembers(text: string): text is KeySecret {
    return this.#keys.remembersSecret(text);
  }

  /** Reads the catalogue; called once at start and tried again until it succeeds. */
  async loadPlatform(): Promise<void> {
    await this.#policies.loadPlatform();
  }

  /** Takes in a change, however often and in whichever order it arrives. What is no policy costs nothing. */
  apply(change: PolicyChange): void {
    if (!POLICY_KINDS.has(change.kind)) return;
    this.#changes.note(change.kind === 'key-changed' ? change.targetId : change.organizationId);
    if (change.kind === 'key-changed') {
      // Negative answers may be about this very key.
      this.#unknown.clear();
      if (!this.#keys.has(change.targetId)) return;
      this.#options.onChanged?.(change.targetId);
      this.#keys.suspect(change.targetId);
      void this.#reloadKey(change.targetId, change.organizationId, RELOAD_DELAY_MS);
      return;
    }
    if (change.organizationId === OPERATOR_ORGANIZATION_ID && change.kind === 'credential-changed')
      this.#options.onChanged?.(change.targetId);
    if (this.#policies.apply(change.organizationId)) this.#options.onChanged?.(change.organizationId);
  }

  close(): void {
    this.#retries.close();
    this.#keys.forgetSecrets();
  }

  #findInMemory(hash: string): FoundKey | undefined {
    const key = this.#keys.find(hash);
    const { platform } = this.#policies;
    if (key === undefined || platform === undefined) return undefined;
    const organization = this.#policies.get(key.organizationId);
    if (organization === undefined) return undefined;
    const nowMs = this.#options.clock.monotonicMs();
    const ageMs = Math.max(nowMs - this.#freshMs, this.#policies.unreadMs(key.organizationId, nowMs));
    if (ageMs > organization.stalenessCapMs) return { kind: 'unavailable', reason: 'stale' };
    return { kind: 'found', key, organization, platform };
  }

  #findElsewhere(hash: string, secret: KeySecret, address: string): FoundKey | Promise<FoundKey> {
    const hashes = this.#options.hasher.candidates(secret).map((candidate) => candidate.hash);
    for (const other of hashes) {
      const found = this.#findInMemory(other);
      if (found !== undefined) return found;
    }
    const nowMs = this.#options.clock.monotonicMs();
    const unknownUntilMs = this.#unknown.get(hash);
    if (unknownUntilMs !== undefined) {
      if (unknownUntilMs > nowMs) return { kind: 'unknown' };
      this.#unknown.delete(hash);
    }
    const running = this.#loads.get(hash);
    if (running !== undefined) return running;
    const entered = this.#lookUps.enter(address);
    if (entered === false) return SHED;
    const load = this.#loadInTurn(entered, hash, hashes, address).finally(() => this.#loads.delete(hash));
    this.#loads.set(hash, load);
    return load;
  }

  async #loadInTurn(
    entered: true | Promise<boolean>,
    hash: string,
    hashes: readonly string[],
    address: string,
  ): Promise<FoundKey> {
    if (entered !== true && !(await entered)) return SHED;
    const found = await this.#load(hash, hashes);
    // Only who asks for what is not there pays: while the database was away nobody's key was invented.
    if (found.kind !== 'unknown') this.#budget.giveBack(address);
    this.#lookUps.leave(address, found.kind === 'unavailable');
    return found;
  }

  async #load(hash: string, hashes: readonly string[]): Promise<FoundKey> {
    try {
      // Twice at most: a change during the read means reading again, and endless changes mean "cannot tell".
      for (let round = 0; round < 3; round += 1) {
        const startedAt = this.#changes.last;
        const key = await this.#options.source.findKey(hashes);
        if (key === undefined) {
          this.#unknown.set(hash, this.#options.clock.monotonicMs() + UNKNOWN_TTL_MS);
          return { kind: 'unknown' };
        }
        const organization = await this.#policies.getOrLoad(key.organizationId);
        const platform = await this.#policies.loadPlatform();
        if (this.#changes.changedSince(key.keyId, startedAt)) continue;
        if (organization === undefined) return { kind: 'unknown' };
        this.#keys.remember(key);
        const unreadMs = this.#policies.unreadMs(key.organizationId, this.#options.clock.monotonicMs());
        if (unreadMs > organization.stalenessCapMs) return { kind: 'unavailable', reason: 'stale' };
        return { kind: 'found', key, organization, platform };
      }
      return { kind: 'unavailable', reason: 'look-up-failed' };
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a key could not be looked up');
      return { kind: 'unavailable', reason: 'look-up-failed' };
    }
  }

  async #reloadKey(keyId: string, organizationId: string, retryDelayMs: number): Promise<void> {
    if (this.#retries.isClosed) return;
    const startedAt = this.#changes.last;
    try {
      const entries = await this.#options.source.loadKey(keyId);
      // A later change has its own reload under way.
      if (this.#changes.changedSince(keyId, startedAt)) return;
      this.#keys.replace(keyId, organizationId, entries);
    } catch (error) {
      this.#options.logger.warn({ err: error, keyId }, 'a changed key could not be read; trying again');
      this.#retries.later(retryDelayMs, () => {
        void this.#reloadKey(keyId, organizationId, Math.min(retryDelayMs * 2, MAX_RELOAD_DELAY_MS));
      });
    }
  }

  /** New requests are refused by authorize.ts; what already runs ends here. */
  #cutWhoMayNot(
    organizationId: string,
    before: OrganizationPolicy | undefined,
    after: OrganizationPolicy | undefined,
  ): void {
    if (before !== undefined && after !== undefined) this.#cutDisabled(before, after);
    if (after === undefined || after.suspended) this.#options.onRevoked({ organizationId });
  }

  #cutDisabled(before: OrganizationPolicy, after: OrganizationPolicy): void {
    const disabled = after.disabledServiceAccounts.difference(before.disabledServiceAccounts);
    if (disabled.size === 0) return;
    const hashes = this.#keys.hashesOfAccounts(after.organizationId, disabled);
    if (hashes.size > 0) this.#options.onRevoked({ organizationId: after.organizationId, hashes });
  }
}
