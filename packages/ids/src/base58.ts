/**
 * Base58 of fixed-width binary: no 0, O, I, l. The output has a fixed length per input length and keeps
 * the byte order, so that time-ordered bytes give time-ordered text.
 */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE = 58;
const VALUE_BY_CODE = new Int8Array(128).fill(-1);
for (let index = 0; index < ALPHABET.length; index++) VALUE_BY_CODE[ALPHABET.charCodeAt(index)] = index;

/** Digits that hold `byteLength` bytes: 22 for 16 bytes. */
function digitCount(byteLength: number): number {
  return Math.ceil((byteLength * 8) / Math.log2(BASE));
}

/** @param bytes Big-endian. A multiple of two bytes. */
export function encodeBase58(bytes: Uint8Array): string {
  const length = digitCount(bytes.length);
  // Limbs of 16 bits: a remainder times 65,536 stays far below 2^53, so plain numbers are exact.
  const limbs = new Array<number>(bytes.length >> 1);
  for (let index = 0; index < limbs.length; index++)
    limbs[index] = (bytes[2 * index]! << 8) | bytes[2 * index + 1]!;
  let text = '';
  // Four digits a pass (58^4 = 11,316,496) instead of one: a quarter of the divisions.
  for (let done = 0; done < length; done += 4) {
    let remainder = 0;
    for (let index = 0; index < limbs.length; index++) {
      const value = remainder * 0x1_0000 + limbs[index]!;
      limbs[index] = Math.floor(value / 11_316_496);
      remainder = value % 11_316_496;
    }
    for (let digit = 0; digit < 4 && done + digit < length; digit++) {
      text = ALPHABET[remainder % BASE]! + text;
      remainder = Math.floor(remainder / BASE);
    }
  }
  return text;
}

/** @returns The bytes, or undefined when `text` is not the encoding of exactly `byteLength` bytes. */
export function decodeBase58(text: string, byteLength: number): Uint8Array | undefined {
  if (text.length !== digitCount(byteLength)) return undefined;
  let value = 0n;
  for (let index = 0; index < text.length; index++) {
    const digit = VALUE_BY_CODE[text.charCodeAt(index)] ?? -1;
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  if (value >> BigInt(byteLength * 8) !== 0n) return undefined;
  const bytes = new Uint8Array(byteLength);
  for (let index = byteLength - 1; index >= 0; index--) {
    bytes[index] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}
