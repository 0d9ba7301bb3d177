/**
 * Lets in a few at a time, and of one organization fewer still: reading an input file takes memory and time, and who has
 * many of them must not keep everybody else waiting.
 */

interface Waiting {
  readonly organizationId: string;
  readonly enter: () => void;
}

export class Turnstile {
  readonly #max: number;
  readonly #maxEach: number;
  readonly #inside = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #count = 0;

  constructor(max: number) {
    this.#max = max;
    this.#maxEach = Math.max(1, Math.floor(max / 2));
  }

  /** Resolves inside; then `leave` must be called once. */
  enter(organizationId: string): Promise<void> {
    if (this.#mayEnter(organizationId)) {
      this.#add(organizationId);
      return Promise.resolve();
    }
    return new Promise((enter) => this.#waiting.push({ organizationId, enter }));
  }

  leave(organizationId: string): void {
    this.#count -= 1;
    const left = (this.#inside.get(organizationId) ?? 0) - 1;
    if (left > 0) this.#inside.set(organizationId, left);
    else this.#inside.delete(organizationId);
    const index = this.#waiting.findIndex((each) => this.#mayEnter(each.organizationId));
    if (index === -1) return;
    const [next] = this.#waiting.splice(index, 1);
    this.#add(next!.organizationId);
    next!.enter();
  }

  #mayEnter(organizationId: string): boolean {
    return this.#count < this.#max && (this.#inside.get(organizationId) ?? 0) < this.#maxEach;
  }

  #add(organizationId: string): void {
    this.#count += 1;
    this.#inside.set(organizationId, (this.#inside.get(organizationId) ?? 0) + 1);
  }
}
