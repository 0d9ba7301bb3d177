/** What the stand-in knows: objects by id, kept in a file where one is given, so that a restart forgets nothing. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface StoredObject {
  readonly id: string;
  readonly object: string;
}

export interface RememberedAnswer {
  readonly requestHash: string;
  readonly status: number;
  readonly body: string;
}

export class Store {
  readonly #objects = new Map<string, StoredObject>();
  readonly #answers = new Map<string, RememberedAnswer>();
  readonly #file: string | undefined;

  constructor(file?: string) {
    this.#file = file;
    if (file === undefined) return;
    try {
      const kept = JSON.parse(readFileSync(file, 'utf8')) as {
        objects: StoredObject[];
        answers: [string, RememberedAnswer][];
      };
      for (const object of kept.objects) this.#objects.set(object.id, object);
      for (const [key, answer] of kept.answers) this.#answers.set(key, answer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  put<T extends StoredObject>(object: T): T {
    this.#objects.set(object.id, object);
    return object;
  }

  find<T extends StoredObject>(kind: T['object'], id: string): T | undefined {
    const object = this.#objects.get(id);
    return object?.object === kind ? (object as T) : undefined;
  }

  /** Newest first, as lists of the API are. */
  list<T extends StoredObject>(kind: T['object'], matches: (object: T) => boolean = () => true): T[] {
    const all = [...this.#objects.values()].filter((object) => object.object === kind) as T[];
    return all.filter(matches).reverse();
  }

  answerOf(key: string): RememberedAnswer | undefined {
    return this.#answers.get(key);
  }

  remember(key: string, answer: RememberedAnswer): void {
    this.#answers.set(key, answer);
  }

  /** As Stripe forgets idempotency keys after a day. */
  forgetAnswers(): void {
    this.#answers.clear();
  }

  /** Whole and at once: a kill leaves the last state or the one before. */
  save(): void {
    if (this.#file === undefined) return;
    const text = JSON.stringify({ objects: [...this.#objects.values()], answers: [...this.#answers] });
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
