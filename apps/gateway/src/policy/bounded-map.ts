/** A map that forgets its oldest entry when it is full. Reading does not refresh an entry's age. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #maxSize: number;

  constructor(maxSize: number) {
    super();
    this.#maxSize = maxSize;
  }

  override set(key: K, value: V): this {
    if (this.size >= this.#maxSize && !this.has(key)) {
      const [oldest] = this.keys();
      this.delete(oldest!);
    }
    return super.set(key, value);
  }
}
