/**
 * Policies of organizations and the catalogue in memory: loaded on first use, read again when something changes.
 *
 * What was last read is served until it is read again, and no longer than the staleness cap since the first change that
 * was not (`unreadMs`). Not here: keys, and whom a change cuts (policy-store.ts).
 */
import type { Clock } from '@tollgate/clock';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import type { Logger } from '@tollgate/logging';
import type { ChangeNumbers } from './change-numbers.ts';
import type { OrganizationPolicy, PlatformPolicy } from './policy.ts';
import type { PolicySource } from './policy-source.ts';
import { MAX_RELOAD_DELAY_MS, RELOAD_DELAY_MS, type Retries } from './retries.ts';
import { UnreadChanges } from './unread-changes.ts';

export interface OrganizationPoliciesOptions {
  readonly source: PolicySource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly changes: ChangeNumbers;
  readonly retries: Retries;
  /** @param before Undefined: it was not in memory. @param after Undefined: there is none. */
  readonly onRead: (
    organizationId: string,
    before: OrganizationPolicy | undefined,
    after: OrganizationPolicy | undefined,
  ) => void;
}

/** Before what changed while it was read is read again: whoever changes without pause must not keep Postgres busy. */
const AGAIN_DELAY_MS = 50;
/** A policy that cannot be read for so long is somebody's business. */
const UNREAD_ALARM_MS = 30_000;

export class OrganizationPolicies {
  readonly #options: OrganizationPoliciesOptions;
  readonly #organizations = new Map<string, OrganizationPolicy>();
  readonly #loads = new Map<string, Promise<OrganizationPolicy | undefined>>();
  /** Organizations; the operator's stands for the catalogue. */
  readonly #unread = new UnreadChanges();
  readonly #firstPlatform = Promise.withResolvers<void>();
  #platform: PlatformPolicy | undefined;
  #platformLoad: Promise<PlatformPolicy> | undefined;
  #revision = 0;

  constructor(options: OrganizationPoliciesOptions) {
    this.#options = options;
  }

  /** The catalogue and what the operator resells; undefined: it has not been read yet. */
  get platform(): PlatformPolicy | undefined {
    return this.#platform;
  }

  /** Resolves when there is a catalogue. */
  get whenPlatform(): Promise<void> {
    return this.#firstPlatform.promise;
  }

  /** Grows with each reading. */
  get revision(): number {
    return this.#revision;
  }

  get(organizationId: string): OrganizationPolicy | undefined {
    return this.#organizations.get(organizationId);
  }

  values(): OrganizationPolicy[] {
    return [...this.#organizations.values()];
  }

  /**
   * What is as it is in Postgres, as far as this process has heard. @returns Undefined: there is no catalogue, or it has
   * changed since it was read.
   */
  readSoFar():
    | { readonly platform: PlatformPolicy; readonly organizations: OrganizationPolicy[] }
    | undefined {
    if (this.#platform === undefined || this.#unread.has(OPERATOR_ORGANIZATION_ID)) return undefined;
    const organizations = this.values().filter(({ organizationId }) => !this.#unread.has(organizationId));
    return { platform: this.#platform, organizations };
  }

  /** For how long something that has changed is served as it was before. */
  unreadMs(organizationId: string, monotonicMs: number): number {
    const own = this.#unread.ageMs(organizationId, monotonicMs);
    return Math.max(own, this.#unread.ageMs(OPERATOR_ORGANIZATION_ID, monotonicMs));
  }

  restore(platform: PlatformPolicy, organizations: readonly OrganizationPolicy[]): void {
    this.#setPlatform(platform);
    for (const organization of organizations)
      this.#organizations.set(organization.organizationId, organization);
  }

  /** What is there is read anew: the catalogue and these organizations now, others when they are used. */
  forgetRestored(isNeeded: (organizationId: string) => boolean): void {
    const needed = this.values().filter(({ organizationId }) => isNeeded(organizationId));
    this.#organizations.clear();
    this.#unread.forget();
    // What came from disk goes on being served until it is read; if it cannot be, no longer than the cap.
    this.#unread.note(OPERATOR_ORGANIZATION_ID, this.#options.clock.monotonicMs());
    for (const organization of needed) void this.#lookAtRestored(organization, RELOAD_DELAY_MS);
    void this.#reloadPlatform(RELOAD_DELAY_MS);
  }

  /** Reads again what is in memory. @returns Whether this organization's policy is. */
  apply(organizationId: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    if (organizationId === OPERATOR_ORGANIZATION_ID) {
      this.#unread.note(OPERATOR_ORGANIZATION_ID, nowMs);
      void this.#reloadPlatform(RELOAD_DELAY_MS);
    }
    if (!this.#organizations.has(organizationId)) return false;
    this.#unread.note(organizationId, nowMs);
    void this.#reload(organizationId, RELOAD_DELAY_MS);
    return true;
  }

  async getOrLoad(organizationId: string): Promise<OrganizationPolicy | undefined> {
    return this.#organizations.get(organizationId) ?? (await this.#load(organizationId));
  }

  loadPlatform(): Promise<PlatformPolicy> {
    if (this.#platform !== undefined) return Promise.resolve(this.#platform);
    return this.#loadPlatformAnew();
  }

  #load(organizationId: string): Promise<OrganizationPolicy | undefined> {
    const running = this.#loads.get(organizationId);
    if (running !== undefined) return running;
    const load = this.#read(organizationId).finally(() => {
      this.#loads.delete(organizationId);
    });
    this.#loads.set(organizationId, load);
    return load;
  }

  async #read(organizationId: string): Promise<OrganizationPolicy | undefined> {
    const { source, changes, clock, onRead } = this.#options;
    const startedAt = changes.last;
    const startedMs = clock.monotonicMs();
    const organization = await source.findOrganization(organizationId);
    this.#revision += 1;
    const before = this.#organizations.get(organizationId);
    if (organization === undefined) this.#organizations.delete(organizationId);
    else this.#organizations.set(organizationId, organization);
    // Newer than what was there, if not the newest: whoever changes without pause must not keep it from being read.
    this.#noteRead(organizationId, startedAt, startedMs, () => {
      void this.#reload(organizationId, RELOAD_DELAY_MS);
    });
    onRead(organizationId, before, organization);
    return organization;
  }

  async #readPlatform(): Promise<PlatformPolicy> {
    const { source, changes, clock } = this.#options;
    const startedAt = changes.last;
    const startedMs = clock.monotonicMs();
    const platform = await source.loadPlatform();
    this.#revision += 1;
    this.#setPlatform(platform);
    this.#noteRead(OPERATOR_ORGANIZATION_ID, startedAt, startedMs, () => {
      void this.#reloadPlatform(RELOAD_DELAY_MS);
    });
    return platform;
  }

  #setPlatform(platform: PlatformPolicy): void {
    this.#platform = platform;
    this.#firstPlatform.resolve();
  }

  #noteRead(id: string, startedAt: number, startedMs: number, readAgain: () => void): void {
    const changed = this.#options.changes.changedSince(id, startedAt);
    this.#unread.read(id, startedMs, changed);
    if (changed) this.#options.retries.later(AGAIN_DELAY_MS, readAgain);
  }

  #loadPlatformAnew(): Promise<PlatformPolicy> {
    this.#platformLoad ??= this.#readPlatform().finally(() => {
      this.#platformLoad = undefined;
    });
    return this.#platformLoad;
  }

  /** What an organization is now, beside what was served in its place. */
  async #lookAtRestored(restored: OrganizationPolicy, retryDelayMs: number): Promise<void> {
    const { retries, onRead } = this.#options;
    if (retries.isClosed) return;
    const { organizationId } = restored;
    try {
      onRead(organizationId, restored, await this.#load(organizationId));
    } catch (error) {
      this.#warn(organizationId, error, 'a policy that came from disk could not be read; trying again');
      retries.later(retryDelayMs, () => {
        void this.#lookAtRestored(restored, Math.min(retryDelayMs * 2, MAX_RELOAD_DELAY_MS));
      });
    }
  }

  async #reload(organizationId: string, retryDelayMs: number): Promise<void> {
    const { retries } = this.#options;
    if (retries.isClosed) return;
    try {
      await this.#load(organizationId);
    } catch (error) {
      this.#warn(organizationId, error, 'a changed policy could not be read; trying again');
      retries.later(retryDelayMs, () => {
        void this.#reload(organizationId, Math.min(retryDelayMs * 2, MAX_RELOAD_DELAY_MS));
      });
    }
  }

  async #reloadPlatform(retryDelayMs: number): Promise<void> {
    const { retries } = this.#options;
    if (retries.isClosed) return;
    try {
      await this.#loadPlatformAnew();
    } catch (error) {
      this.#warn(OPERATOR_ORGANIZATION_ID, error, 'the changed catalogue could not be read; trying again');
      retries.later(retryDelayMs, () => {
        void this.#reloadPlatform(Math.min(retryDelayMs * 2, MAX_RELOAD_DELAY_MS));
      });
    }
  }

  /** The cap will refuse whom it belongs to: somebody has to look before. */
  #warn(organizationId: string, error: unknown, message: string): void {
    const { logger, clock } = this.#options;
    const unreadMs = this.#unread.ageMs(organizationId, clock.monotonicMs());
    const fields = { err: error, organizationId, unreadMs };
    if (unreadMs > UNREAD_ALARM_MS) logger.error({ ...fields, alarm: true }, message);
    else logger.warn(fields, message);
  }
}
