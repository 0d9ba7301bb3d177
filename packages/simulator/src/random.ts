/**
 * Deterministic hashes and ids: the same seed and sequence give the same bytes on every machine.
 *
 * Not for secrets: nothing here is unpredictable, on purpose.
 */

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const HASHED_CHARACTERS_MAX = 512;
// Odd, so that multiplying by it maps different sequences to different states: ids of a run never repeat.
const SEQUENCE_STRIDE = 0x9e3779b1;

/** 32-bit hash of a text. Of a long text only its length, beginning and end count, so that big bodies stay cheap. */
export function hashText(text: string, seed: number): number {
  let hash = (seed ^ 0x811c9dc5 ^ text.length) >>> 0;
  const headEnd = Math.min(text.length, HASHED_CHARACTERS_MAX);
  for (let i = 0; i < headEnd; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const tailStart = Math.max(headEnd, text.length - HASHED_CHARACTERS_MAX);
  for (let i = tailStart; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** Final mixing, so that neighbouring inputs do not give neighbouring outputs. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `length` base62 characters that follow from seed, sequence and purpose. */
export function base62Id(seed: number, sequence: number, purpose: number, length: number): string {
  return characters(BASE62, seed, sequence, purpose, length);
}

/** `length` hexadecimal characters that follow from seed, sequence and purpose. */
export function hexId(seed: number, sequence: number, purpose: number, length: number): string {
  return characters(HEX, seed, sequence, purpose, length);
}

function characters(
  alphabet: string,
  seed: number,
  sequence: number,
  purpose: number,
  length: number,
): string {
  const pairs = pairsOf(alphabet);
  const start = Math.imul(sequence, SEQUENCE_STRIDE);
  const salt = mix(seed ^ Math.imul(purpose + 1, 0x27d4eb2f));
  let id = '';
  // Four characters are drawn from each 32-bit word.
  for (let i = 0; i < length; i += 4) {
    const bits = mix((start ^ salt) + Math.imul(i + 1, 0x6d2b79f5));
    id += pairs[bits % pairs.length] as string;
    id += pairs[Math.floor(bits / pairs.length) % pairs.length] as string;
  }
  return id.slice(0, length);
}

const PAIRS = new Map<string, readonly string[]>();

function pairsOf(alphabet: string): readonly string[] {
  const known = PAIRS.get(alphabet);
  if (known !== undefined) return known;
  const pairs = [...alphabet].flatMap((first) => [...alphabet].map((second) => first + second));
  PAIRS.set(alphabet, pairs);
  return pairs;
}
