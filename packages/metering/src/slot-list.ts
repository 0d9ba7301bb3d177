/**
 * Lists and maps of what runs now, that let it die young.
 *
 * V8's `Set` and `Map` make a new table whenever the old one has filled up with deletions, and the old one keeps what it
 * held and points to the next. Once one of them is in the old generation, all that came later lives until the next full
 * collection: whole requests, with everything that they refer to. Here what is removed leaves nothing behind.
 */

/** Unordered; adding and removing take the same time however long it is. */
export class SlotList<T extends object> {
  // Only grows: an array that shrinks is copied when it grows again, and each copy would keep what it held.
  readonly #slots: (T | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns Its place, for `remove` and `at`. */
  add(item: T): number {
    this.#size += 1;
    const place = this.#free.pop();
    if (place === undefined) return this.#slots.push(item) - 1;
    this.#slots[place] = item;
    return place;
  }

  /** Nothing where the item is not there any more: a place that was left belongs to somebody else. */
  remove(place: number, item: T): void {
    if (this.#slots[place] !== item) return;
    this.#size -= 1;
    this.#slots[place] = undefined;
    this.#free.push(place);
  }

  at(place: number): T | undefined {
    return this.#slots[place];
  }

  /** What is removed meanwhile is left out; what is added may be. */
  *[Symbol.iterator](): Generator<T> {
    for (const item of this.#slots) if (item !== undefined) yield item;
  }
}

/** By name. The names themselves may live on for a while, the values do not. */
export class SlotMap<T extends object> {
  readonly #places = new Map<string, number>();
  readonly #items = new SlotList<T>();

  get size(): number {
    return this.#items.size;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  get(name: string): T | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#items.at(place);
  }

  set(name: string, item: T): void {
    this.delete(name);
    this.#places.set(name, this.#items.add(item));
  }

  /** @returns What it was. */
  delete(name: string): T | undefined {
    const place = this.#places.get(name);
    if (place === undefined) return undefined;
    const item = this.#items.at(place)!;
    this.#places.delete(name);
    this.#items.remove(place, item);
    return item;
  }

  values(): Iterable<T> {
    return this.#items;
  }

  *[Symbol.iterator](): Generator<[string, T]> {
    for (const [name, place] of this.#places) yield [name, this.#items.at(place)!];
  }
}
