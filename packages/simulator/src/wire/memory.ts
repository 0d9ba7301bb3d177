/** What a provider keeps between requests: stored responses, files, batches. Bounded: the oldest go first. */
const ENTRIES_MAX = 10_000;

export class Shelf<T> {
  readonly #entries = new Map<string, T>();

  set(id: string, value: T): void {
    this.#entries.set(id, value);
    if (this.#entries.size <= ENTRIES_MAX) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  get(id: string): T | undefined {
    return this.#entries.get(id);
  }

  delete(id: string): boolean {
    return this.#entries.delete(id);
  }

  values(): T[] {
    return [...this.#entries.values()];
  }
}

export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly createdSeconds: number;
  readonly bytes: Buffer;
}

export type StoredObject = Readonly<Record<string, unknown>>;

export class Memory {
  readonly responses = new Shelf<StoredObject>();
  /** Items of responses by their ids, for requests that refer to them. */
  readonly items = new Shelf<StoredObject>();
  readonly files = new Shelf<StoredFile>();
  readonly batches = new Shelf<StoredObject>();
  /** Bearer tokens that the token endpoint handed out, until when (epoch milliseconds). */
  readonly tokens = new Shelf<number>();
}
