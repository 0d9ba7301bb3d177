/** Which policies are known to have changed without having been read since, and from when on. */
export class UnreadChanges {
  readonly #sinceMs = new Map<string, number>();

  /** @param monotonicMs The earliest counts until it has been read. */
  note(id: string, monotonicMs: number): void {
    if (!this.#sinceMs.has(id)) this.#sinceMs.set(id, monotonicMs);
  }

  /** @param startedMs When the reading began. @param changed It changed again meanwhile. */
  read(id: string, startedMs: number, changed: boolean): void {
    if (changed) this.#sinceMs.set(id, startedMs);
    else this.#sinceMs.delete(id);
  }

  forget(): void {
    this.#sinceMs.clear();
  }

  has(id: string): boolean {
    return this.#sinceMs.has(id);
  }

  /** How long it has been so; 0: all is read. */
  ageMs(id: string, monotonicMs: number): number {
    // Nearly always there is none, and this is asked with each request.
    if (this.#sinceMs.size === 0) return 0;
    const sinceMs = this.#sinceMs.get(id);
    return sinceMs === undefined ? 0 : monotonicMs - sinceMs;
  }
}
