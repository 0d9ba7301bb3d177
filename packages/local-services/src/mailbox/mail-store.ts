/**
 * The mails that came, newest first, as one file each, so that they survive a restart.
 *
 * Bounded: the oldest go when there are too many. A development tool, not an archive.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type StoredMail = {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly from: string;
  /** Envelope recipients, lower case. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Empty for a plain-text mail. Untrusted. */
  readonly html: string;
  readonly attachments: readonly {
    readonly name: string;
    readonly mimeType: string;
    readonly bytes: number;
  }[];
};

const MAILS_MAX = 500;

export class MailStore {
  readonly #folder: string;
  #mails: StoredMail[];
  readonly #listeners = new Set<() => void>();

  private constructor(folder: string, mails: StoredMail[]) {
    this.#folder = folder;
    this.#mails = mails;
  }

  /** Opens the folder, making it when it is missing. Files that cannot be read are left out. */
  static async open(folder: string): Promise<MailStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const read = await Promise.all(names.map((name) => readMail(join(folder, name))));
    const mails = read.filter((mail) => mail !== undefined).sort((a, b) => (a.id < b.id ? 1 : -1));
    return new MailStore(folder, mails);
  }

  async add(mail: Omit<StoredMail, 'id'>): Promise<StoredMail> {
    // Sorts by time of arrival; the suffix keeps mails of one millisecond apart.
    const order = `${Date.parse(mail.receivedAt).toString(36).padStart(9, '0')}${this.#nextSuffix()}`;
    const stored = { id: order, ...mail };
    const path = this.#pathOf(stored.id);
    await writeFile(`${path}.partial`, JSON.stringify(stored), { mode: 0o600 });
    await rename(`${path}.partial`, path);
    this.#mails.unshift(stored);
    const dropped = this.#mails.splice(MAILS_MAX);
    await Promise.all(dropped.map((old) => rm(this.#pathOf(old.id), { force: true })));
    this.#notify();
    return stored;
  }

  /** Newest first. @param to Only mails to this address. */
  list({ to, limit = MAILS_MAX }: { to?: string | undefined; limit?: number } = {}): readonly StoredMail[] {
    const address = to?.toLowerCase();
    const chosen =
      address === undefined ? this.#mails : this.#mails.filter((mail) => mail.to.includes(address));
    return chosen.slice(0, limit);
  }

  find(id: string): StoredMail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  async clear(): Promise<void> {
    const dropped = this.#mails;
    this.#mails = [];
    await Promise.all(dropped.map((old) => rm(this.#pathOf(old.id), { force: true })));
    this.#notify();
  }

  /** Calls back after every change. @returns Ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #counter = 0;

  #nextSuffix(): string {
    this.#counter = (this.#counter + 1) % 46_656;
    return this.#counter.toString(36).padStart(3, '0') + randomBytes(3).toString('hex');
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

async function readMail(path: string): Promise<StoredMail | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StoredMail;
  } catch {
    return undefined;
  }
}
