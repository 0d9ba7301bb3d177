/**
 * How many unknown keys may be looked up. The checksum of a key is public, so invented keys can pass it; each
 * would cost a query. A look-up takes one token from its address and one from the total; a key that is found, or that
 * nobody can tell of now, gives them back, so that honest clients are never slowed down.
 */

interface Bucket {
  tokens: number;
  updatedMs: number;
}

export interface LookUpBudgetOptions {
  readonly perAddress: { readonly burst: number; readonly perSecond: number };
  readonly total: { readonly burst: number; readonly perSecond: number };
  /** How many addresses are remembered; the longest known is forgotten first. */
  readonly maxAddresses: number;
}

export const DEFAULT_LOOK_UP_BUDGET: LookUpBudgetOptions = {
  perAddress: { burst: 50, perSecond: 5 },
  total: { burst: 2_000, perSecond: 200 },
  maxAddresses: 10_000,
};

export class LookUpBudget {
  readonly #options: LookUpBudgetOptions;
  readonly #addresses = new Map<string, Bucket>();
  readonly #total: Bucket;

  constructor(options: LookUpBudgetOptions, nowMs: number) {
    this.#options = options;
    this.#total = { tokens: options.total.burst, updatedMs: nowMs };
  }

  /** @param nowMs Monotonic. @returns False: shed this look-up. */
  take(address: string, nowMs: number): boolean {
    const bucket = this.#bucketOf(address, nowMs);
    refill(bucket, this.#options.perAddress, nowMs);
    refill(this.#total, this.#options.total, nowMs);
    if (bucket.tokens < 1 || this.#total.tokens < 1) return false;
    bucket.tokens -= 1;
    this.#total.tokens -= 1;
    return true;
  }

  /** The look-up did not find that there is no such key. */
  giveBack(address: string): void {
    const bucket = this.#addresses.get(address);
    if (bucket !== undefined) bucket.tokens = Math.min(bucket.tokens + 1, this.#options.perAddress.burst);
    this.#total.tokens = Math.min(this.#total.tokens + 1, this.#options.total.burst);
  }

  #bucketOf(address: string, nowMs: number): Bucket {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    if (this.#addresses.size >= this.#options.maxAddresses) {
      const [oldest] = this.#addresses.keys();
      this.#addresses.delete(oldest!);
    }
    const bucket = { tokens: this.#options.perAddress.burst, updatedMs: nowMs };
    this.#addresses.set(address, bucket);
    return bucket;
  }
}

function refill(
  bucket: Bucket,
  rate: { readonly burst: number; readonly perSecond: number },
  nowMs: number,
): void {
  const gained = ((nowMs - bucket.updatedMs) / 1000) * rate.perSecond;
  bucket.tokens = Math.min(rate.burst, bucket.tokens + Math.max(0, gained));
  bucket.updatedMs = nowMs;
}
