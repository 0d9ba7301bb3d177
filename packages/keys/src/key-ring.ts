/**
 * Versioned secrets of the installation: peppers and encryption keys in the form `1:<base64url>[,2:…]`.
 *
 * The highest version is current; the others stay readable until nothing uses them any more.
 */

export interface KeyRing {
  readonly currentVersion: number;
  readonly versions: readonly number[];
  /** @throws {RangeError} The ring has no such version. */
  get(version: number): Buffer;
}

const MIN_BYTES = 32;
const ENTRY = /^([1-9]\d{0,8}):([A-Za-z0-9_-]+)$/;

/**
 * Reads a ring. Messages name the version at fault, never the secret.
 *
 * @throws {RangeError} An entry is not `version:base64url`, a version appears twice, or a secret is shorter
 *   than 32 bytes.
 */
export function parseKeyRing(text: string): KeyRing {
  const secrets = new Map<number, Buffer>();
  for (const [index, entry] of text.split(',').entries()) {
    const match = ENTRY.exec(entry.trim());
    if (match === null) {
      throw new RangeError(
        `Cannot read a key ring: entries are "version:base64url", entry ${index + 1} is not`,
      );
    }
    const version = Number(match[1]);
    const secret = Buffer.from(match[2]!, 'base64url');
    if (secrets.has(version)) {
      throw new RangeError(`Cannot read a key ring: versions are unique, got ${version} twice`);
    }
    if (secret.length < MIN_BYTES) {
      throw new RangeError(
        `Cannot read a key ring: a secret has at least ${MIN_BYTES} bytes, version ${version} has ${secret.length}`,
      );
    }
    secrets.set(version, secret);
  }
  const versions = [...secrets.keys()].toSorted((left, right) => right - left);
  return {
    currentVersion: versions[0]!,
    versions,
    get(version) {
      const secret = secrets.get(version);
      if (secret === undefined)
        throw new RangeError(`Cannot use key version ${version}: the ring has ${versions}`);
      return secret;
    },
  };
}
