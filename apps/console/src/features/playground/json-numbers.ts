/** Numbers of JSON that a browser cannot hold: longer seeds than it counts. Pure. */

/** Texts are stepped over: digits in them are none. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d+$/;

/**
 * @param json Valid.
 * @returns Whether each integer, and each size, is the same after reading and writing; of digits behind a point, as many as
 * a provider reads.
 */
export function holdsItsNumbers(json: string): boolean {
  for (const [found] of json.matchAll(TEXT_OR_NUMBER)) {
    if (found.startsWith('"')) continue;
    const value = Number(found);
    if (INTEGER.test(found) ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return false;
  }
  return true;
}
