/**
 * The last known good policy on disk, encrypted, for a gateway that starts while Postgres is away [G2].
 *
 * A generation is a bundle (`bundle-G.bin`) and a list of what changed since (`changed-G.txt`): what is on the
 * list is not served from the bundle, so that a crash right after a revocation resurrects nothing. How fresh a
 * bundle is stands beside it (`fresh-G.bin`) and counts against each organization's staleness cap. Whoever can
 * write the folder can delete, but not forge: every record is sealed, with its place. Not here: when it is used
 * (policy-keeper.ts).
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { PriceIndex } from '@tollgate/catalog';
import type { KeyRing } from '@tollgate/config';
import { openSecret, sealSecret } from '@tollgate/keys';
import type { KeyEntry, OrganizationPolicy, PlatformPolicy } from './policy.ts';

export interface PolicySnapshot {
  readonly platform: PlatformPolicy;
  readonly organizations: readonly OrganizationPolicy[];
  readonly keys: readonly KeyEntry[];
  /** Unix milliseconds: all changes up to then are in it. */
  readonly freshAtMs: number;
}

export interface PolicyCacheOptions {
  readonly directory: string;
  readonly encryptionKeys: KeyRing;
  /** Puts a file or a folder on the disk itself. */
  readonly sync?: (path: string) => Promise<void>;
}

/** Of the records' content; others than this and the one before are not read. */
const VERSION = 4;
/** Its budgets counted whatever credential served. */
const VERSION_BEFORE = 3;
const KEYS_PER_RECORD = 250;
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

type Content =
  | { readonly kind: 'platform'; readonly platform: Omit<PlatformPolicy, 'priceIndex'> }
  | { readonly kind: 'organization'; readonly organization: OrganizationPolicy }
  | { readonly kind: 'keys'; readonly keys: readonly StoredKey[] };
type StoredKey = Omit<KeyEntry, 'addresses'> & { readonly addresses: readonly string[] | null };

interface Header {
  readonly version: number;
  readonly freshAtMs: number;
  /** Behind this one. */
  readonly records: number;
}

export class PolicyCache {
  readonly #options: PolicyCacheOptions;
  readonly #sync: (path: string) => Promise<void>;
  #generation: number;
  /** Lists of changes that may not be on the disk itself yet. */
  readonly #unsynced = new Set<string>();
  #syncing: Promise<void> | undefined;

  /** @throws {Error} The folder cannot be made. */
  constructor(options: PolicyCacheOptions) {
    this.#options = options;
    this.#sync = options.sync ?? syncPath;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#generation = this.#generations().at(-1) ?? 0;
  }

  /** @returns Undefined: there is none. @throws {Error} It cannot be read or opened. */
  load(): PolicySnapshot | undefined {
    const generation = this.#generations().at(-1);
    if (generation === undefined) return undefined;
    const [first, ...rest] = splitRecords(readFileSync(this.#path(`bundle-${generation}.bin`)));
    if (first === undefined) throw new Error('Cannot read the kept policy: it must have a header');
    const header = JSON.parse(this.#open(first, generation, 'header')) as Header;
    if (header.version !== VERSION && header.version !== VERSION_BEFORE) return undefined;
    if (rest.length !== header.records) {
      throw new Error(
        `Cannot read the kept policy: it must have ${header.records} records, got ${rest.length}`,
      );
    }
    const changed = this.#changedSince(generation);
    let platform: PlatformPolicy | undefined;
    const organizations: OrganizationPolicy[] = [];
    const keys: KeyEntry[] = [];
    rest.forEach((sealed, index) => {
      const text = this.#open(sealed, generation, String(index));
      const content = deserialize(Buffer.from(text, 'base64')) as Content;
      if (content.kind === 'platform') {
        const credentials = content.platform.credentials.filter(({ id }) => !changed.has(id));
        const priceIndex = new PriceIndex(content.platform.prices);
        platform = { ...content.platform, credentials, priceIndex };
      } else if (content.kind === 'organization') {
        const { organization } = content;
        if (changed.has(organization.organizationId)) return;
        organizations.push(
          header.version === VERSION ? organization : { ...organization, ownBudgets: organization.budgets },
        );
      } else {
        for (const key of content.keys) if (!changed.has(key.keyId)) keys.push(toKeyEntry(key));
      }
    });
    if (platform === undefined) throw new Error('Cannot read the kept policy: it must have a catalogue');
    return { platform, organizations, keys, freshAtMs: this.#readFresh(generation) ?? header.freshAtMs };
  }

  /**
   * A key or an organization is not as the bundle has it any more. On return it is in the file, which outlives this
   * process; on the disk itself, which outlives the machine's power, once `synced` resolves: milliseconds later, many
   * changes at a time, because waiting for the disk with each would stop all requests when many keys are revoked.
   */
  noteChanged(id: string): void {
    const name = `changed-${this.#generation}.txt`;
    appendFileSync(this.#path(name), `${id}\n`, { mode: 0o600 });
    this.#unsynced.add(name);
    this.#syncing ??= this.#syncChanges();
    // Who waits with `synced` hears of a failure; a later change tries again.
    this.#syncing.catch(() => undefined);
  }

  /** Resolves when all changes noted so far are on the disk itself. @throws {Error} They cannot be put there. */
  async synced(): Promise<void> {
    while (this.#unsynced.size > 0 || this.#syncing !== undefined) {
      this.#syncing ??= this.#syncChanges();
      await this.#syncing;
    }
  }

  /** Replaces what was kept, a little at a time: requests go on between its records. */
  async save(snapshot: PolicySnapshot): Promise<void> {
    // From here on changes go to the new list; the old one holds until the new bundle is there.
    this.#generation += 1;
    const generation = this.#generation;
    const contents = [...contentsOf(snapshot)];
    const path = this.#path(`bundle-${generation}.bin`);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      const header: Header = { version: VERSION, freshAtMs: snapshot.freshAtMs, records: contents.length };
      await file.write(framed(this.#seal(JSON.stringify(header), generation, 'header')));
      for (const [index, content] of contents.entries()) {
        await nextTurn();
        const text = serialize(content()).toString('base64');
        await file.write(framed(this.#seal(text, generation, String(index))));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    await this.#sync(this.#options.directory);
    this.#removeBefore(generation);
  }

  /** Nothing has changed since the last bundle but what is on its list. */
  async saveFresh(freshAtMs: number): Promise<void> {
    const path = this.#path(`fresh-${this.#generation}.bin`);
    // A bundle may only count as fresh with all its changes beside it.
    await this.synced();
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.write(this.#seal(String(freshAtMs), this.#generation, 'fresh'));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }

  /** What an earlier process kept is not kept up any more. */
  forget(): void {
    this.#removeBefore(Number.POSITIVE_INFINITY);
  }

  async #syncChanges(): Promise<void> {
    try {
      // What else changes in this turn goes along.
      await nextTurn();
      while (this.#unsynced.size > 0) {
        for (const name of [...this.#unsynced]) {
          // Taken out first: what is appended while the disk works is another round's.
          this.#unsynced.delete(name);
          await this.#sync(this.#path(name)).catch((error: unknown) => {
            // Removed with its bundle: there is nothing left to resurrect.
            if ((error as { code?: unknown }).code === 'ENOENT') return;
            this.#unsynced.add(name);
            throw error;
          });
        }
        // The name of a new list has to be on the disk as well.
        await this.#sync(this.#options.directory);
      }
    } finally {
      this.#syncing = undefined;
    }
  }

  /** Bundles first: one without the list of what changed since would bring revoked keys back. */
  #removeBefore(generation: number): void {
    const names = this.#filesBefore(generation);
    const bundles = names.filter((name) => name.startsWith('bundle-'));
    for (const name of bundles) rmSync(this.#path(name), { force: true });
    for (const name of names) rmSync(this.#path(name), { force: true });
  }

  #readFresh(generation: number): number | undefined {
    try {
      const freshAtMs = Number(
        this.#open(readFileSync(this.#path(`fresh-${generation}.bin`)), generation, 'fresh'),
      );
      return Number.isFinite(freshAtMs) ? freshAtMs : undefined;
    } catch {
      // Not written yet, or torn: the bundle has its own.
      return undefined;
    }
  }

  #changedSince(generation: number): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const name of readdirSync(this.#options.directory)) {
      const match = /^changed-(\d+)\.txt$/.exec(name);
      if (match === null || Number(match[1]) < generation) continue;
      for (const id of readFileSync(this.#path(name), 'utf8').split('\n')) changed.add(id);
    }
    return changed;
  }

  #generations(): number[] {
    const found = readdirSync(this.#options.directory).map((name) => /^bundle-(\d+)\.bin$/.exec(name)?.[1]);
    return found
      .filter((text) => text !== undefined)
      .map(Number)
      .toSorted((left, right) => left - right);
  }

  #filesBefore(generation: number): string[] {
    return readdirSync(this.#options.directory).filter((name) => {
      const match = /^(?:bundle|changed|fresh)-(\d+)\.(?:bin|txt)(?:\.part)?$/.exec(name);
      return match !== null && Number(match[1]) < generation;
    });
  }

  #path(name: string): string {
    return join(this.#options.directory, name);
  }

  #seal(text: string, generation: number, field: string): Uint8Array {
    return sealSecret(this.#options.encryptionKeys, contextOf(generation, field), text);
  }

  #open(sealed: Uint8Array, generation: number, field: string): string {
    return openSecret(this.#options.encryptionKeys, contextOf(generation, field), sealed);
  }
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function contextOf(generation: number, field: string) {
  return { organizationId: '', recordId: `policy-cache ${generation}`, field, baseUrl: '' };
}

function* contentsOf({ platform, organizations, keys }: PolicySnapshot): Generator<() => Content> {
  const { priceIndex: _, ...plain } = platform;
  yield () => ({ kind: 'platform', platform: plain });
  for (const organization of organizations) yield () => ({ kind: 'organization', organization });
  for (let from = 0; from < keys.length; from += KEYS_PER_RECORD) {
    yield () => ({ kind: 'keys', keys: keys.slice(from, from + KEYS_PER_RECORD).map(toStoredKey) });
  }
}

function toStoredKey(key: KeyEntry): StoredKey {
  return { ...key, addresses: key.addresses?.toJSON() ?? null };
}

function toKeyEntry({ addresses, ...key }: StoredKey): KeyEntry {
  if (addresses === null) return { ...key, addresses: null };
  const list = new BlockList();
  list.fromJSON(addresses);
  return { ...key, addresses: list };
}

function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function splitRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let at = 0;
  while (at + 4 <= file.length) {
    const length = file.readUInt32BE(at);
    if (length > MAX_RECORD_BYTES || at + 4 + length > file.length) {
      throw new Error('Cannot read the kept policy: a record must end within the file');
    }
    records.push(file.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return records;
}
