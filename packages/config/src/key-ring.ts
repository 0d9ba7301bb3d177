import { z } from 'zod';

/** Keys by version; the highest version is used for new work, the others still read old work. */
export interface KeyRing {
  readonly currentVersion: number;
  readonly keys: ReadonlyMap<number, Uint8Array>;
}

const KEY_BYTES = 32;

/**
 * Reads `1:<base64url of 32 bytes>,2:…`.
 *
 * @throws {Error} An entry has another form, another length, or a version stands twice.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<number, Uint8Array>();
  for (const entry of text.split(',')) {
    const match = /^([1-9]\d{0,4}):([A-Za-z0-9_-]+)$/.exec(entry.trim());
    if (match === null) throw new Error('must be VERSION:BASE64URL entries, separated by commas');
    const version = Number(match[1]);
    const key = Buffer.from(match[2]!, 'base64url');
    if (key.length !== KEY_BYTES)
      throw new Error(`version ${version} must have ${KEY_BYTES} bytes, got ${key.length}`);
    if (keys.has(version)) throw new Error(`version ${version} stands twice`);
    if (new Set(key).size < 8 || isSequence(key)) throw new Error(`version ${version} is not random`);
    keys.set(version, new Uint8Array(key));
  }
  return { currentVersion: Math.max(...keys.keys()), keys };
}

/** 0, 1, 2, … and the like, as they stand in examples. */
function isSequence(bytes: Uint8Array): boolean {
  const step = (index: number) => (bytes[index]! - bytes[index - 1]! + 256) % 256;
  return bytes.every((_, index) => index === 0 || step(index) === step(1));
}

export const keyRing = z.string({ error: 'required' }).transform((value, context) => {
  try {
    return parseKeyRing(value);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : 'is not a key ring',
    });
    return z.NEVER;
  }
});
