/**
 * Sheds requests before latency collapses: too many at once, too many bytes of bodies in memory, or an event
 * loop that comes too late. Refusing costs next to nothing, so that what was admitted is still served in time.
 *
 * And shares what there is: no key may have more than half of it, no organization more than half while little is
 * left, and when the loop is late those with the most go first. Whoever floods is refused; the others are served.
 *
 * Not here: the limits of tenants (pipeline/steps/admit.ts).
 */
import type { Clock } from '@tollgate/clock';
import { type ErrorScope, GatewayError } from '@tollgate/errors';
import type { GatewayLimits } from '../limits.ts';

const SAMPLE_MS = 50;
const RETRY_AFTER_MS = 1_000;
/** Of requests and of bytes: what a key may have at most, and an organization once little is left. */
const SHARE = 1 / 2;
/** Little is left: so that three quarters are there for who is alone, and a quarter for who comes next. */
const PRESSURE = 3 / 4;
/** Those that hold nothing are forgotten when there are more. Above what can run at once, so that some always are. */
const MAX_REMEMBERED = 50_000;

export interface LoadGuardOptions {
  readonly limits: Pick<GatewayLimits, 'maxActive' | 'maxBufferedBytes' | 'maxLoopLagMs'>;
  readonly clock: Clock;
  /** How many requests run now. */
  readonly active: () => number;
}

/** What one key or organization has of the gateway now. */
interface Holding {
  readonly scope: ErrorScope;
  active: number;
  bufferedBytes: number;
}

/** A request's place among those of its key and organization. Given back with `leave`. */
export interface LoadShare {
  readonly key: Holding;
  readonly organization: Holding;
}

export class LoadGuard {
  readonly #options: LoadGuardOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #shares = new Map<string, LoadShare>();
  readonly #organizations = new Map<string, Holding>();
  #dueMs: number;
  #isLate = false;
  #lateSamples = 0;
  #lagMs = 0;
  #bufferedBytes = 0;
  /** Requests with a share, and organizations that have some. */
  #entered = 0;
  #activeOrganizations = 0;

  constructor(options: LoadGuardOptions) {
    this.#options = options;
    this.#dueMs = options.clock.monotonicMs() + SAMPLE_MS;
    this.#timer = setInterval(() => {
      const nowMs = options.clock.monotonicMs();
      this.observeLag(nowMs - this.#dueMs);
      this.#dueMs = nowMs + SAMPLE_MS;
    }, SAMPLE_MS).unref();
  }

  /** Whether the next request is refused whoever asks. */
  get isFull(): boolean {
    return this.#options.active() >= this.#options.limits.maxActive;
  }

  /** Whether the event loop comes too late: those with the most are refused. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** As last seen, for metrics. */
  get lagMs(): number {
    return this.#lagMs;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /**
   * Late when the loop is so twice in a row (once may be one large body, or garbage collection), until the lag is
   * half of the limit: no flutter.
   */
  observeLag(lagMs: number): void {
    const { maxLoopLagMs } = this.#options.limits;
    this.#lagMs = Math.max(0, lagMs);
    this.#lateSamples = lagMs > maxLoopLagMs ? this.#lateSamples + 1 : 0;
    this.#isLate = this.#isLate ? lagMs > maxLoopLagMs / 2 : this.#lateSamples > 1;
  }

  /**
   * Takes a place for a request that `active` counts already.
   *
   * @throws {GatewayError} `capacity_share_exceeded`: its key or organization has its share; nothing was taken.
   */
  enter(keyId: string, organizationId: string): LoadShare {
    const share = this.#shareOf(keyId, organizationId);
    const { key, organization } = share;
    const { maxActive } = this.#options.limits;
    const most = Math.max(1, Math.floor(maxActive * SHARE));
    if (key.active >= most) throw exceeded(key.scope, 'requests at once', most, key.active);
    if (organization.active >= most && this.#options.active() > maxActive * PRESSURE) {
      throw exceeded(organization.scope, 'requests at once', most, organization.active);
    }
    if (this.#isLate && this.#hasAverage(organization)) throw late(organization);
    if (organization.active === 0) this.#activeOrganizations += 1;
    this.#entered += 1;
    organization.active += 1;
    key.active += 1;
    return share;
  }

  /** @param bufferedBytes What the request has taken with `takeBytes`. */
  leave({ key, organization }: LoadShare, bufferedBytes: number): void {
    this.#bufferedBytes -= bufferedBytes;
    key.bufferedBytes -= bufferedBytes;
    organization.bufferedBytes -= bufferedBytes;
    key.active -= 1;
    organization.active -= 1;
    this.#entered -= 1;
    if (organization.active === 0) this.#activeOrganizations -= 1;
  }

  /**
   * Whether `bytes` more of bodies may be held for a request that holds `heldBytes`. Undone by `leave`. A request whose
   * key holds nothing else may be as large as there is room.
   *
   * @returns The refusal; undefined: they are taken.
   */
  takeBytes({ key, organization }: LoadShare, bytes: number, heldBytes: number): GatewayError | undefined {
    const { maxBufferedBytes } = this.#options.limits;
    const total = this.#bufferedBytes + bytes;
    if (total > maxBufferedBytes) return tooMuch();
    const most = maxBufferedBytes * SHARE;
    if (key.bufferedBytes > heldBytes && key.bufferedBytes + bytes > most) {
      return exceeded(key.scope, 'bytes of bodies at once', most, key.bufferedBytes);
    }
    if (
      organization.bufferedBytes > heldBytes &&
      organization.bufferedBytes + bytes > most &&
      total > maxBufferedBytes * PRESSURE
    ) {
      return exceeded(organization.scope, 'bytes of bodies at once', most, organization.bufferedBytes);
    }
    this.#bufferedBytes = total;
    key.bufferedBytes += bytes;
    organization.bufferedBytes += bytes;
    return undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** At least as many requests as organizations have on average; with nobody else there, any number. */
  #hasAverage({ active }: Holding): boolean {
    return active * this.#activeOrganizations >= this.#entered;
  }

  #shareOf(keyId: string, organizationId: string): LoadShare {
    const known = this.#shares.get(keyId);
    if (known !== undefined) return known;
    if (this.#shares.size >= MAX_REMEMBERED) this.#forgetIdle();
    let organization = this.#organizations.get(organizationId);
    if (organization === undefined) {
      organization = holdingOf({ type: 'organization', id: organizationId });
      this.#organizations.set(organizationId, organization);
    }
    const share = { key: holdingOf({ type: 'key', id: keyId }), organization };
    this.#shares.set(keyId, share);
    return share;
  }

  #forgetIdle(): void {
    for (const [id, { key }] of this.#shares) if (key.active === 0) this.#shares.delete(id);
    const used = new Set([...this.#shares.values()].map(({ organization }) => organization));
    for (const [id, organization] of this.#organizations) {
      if (!used.has(organization)) this.#organizations.delete(id);
    }
  }
}

function holdingOf(scope: ErrorScope): Holding {
  return { scope, active: 0, bufferedBytes: 0 };
}

function exceeded(scope: ErrorScope, what: string, most: number, used: number): GatewayError {
  return new GatewayError(
    'capacity_share_exceeded',
    `Cannot take the request now: the ${scope.type} has its share of this gateway, ${most} ${what}; try again.`,
    { scope, limit: String(most), used: String(used), retryAfterMs: RETRY_AFTER_MS },
  );
}

function late({ scope, active }: Holding): GatewayError {
  return new GatewayError(
    'capacity_share_exceeded',
    'Cannot take the request now: the gateway is overloaded, and the organization has its share of it; try again.',
    { scope, used: String(active), retryAfterMs: RETRY_AFTER_MS },
  );
}

function tooMuch(): GatewayError {
  return new GatewayError(
    'service_unavailable',
    'Cannot take the request now: too many bodies are being read; try again.',
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
