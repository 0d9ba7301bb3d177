/** The addresses that somebody typed or pasted: with commas, semicolons, spaces or lines between them, each once. Pure. */
export const MAX_ADDRESSES = 50;

export function readAddresses(typed: string): readonly string[] {
  const byText = new Map<string, string>();
  for (const address of typed.split(/[\s,;]+/)) {
    if (address !== '' && !byText.has(address.toLowerCase())) byText.set(address.toLowerCase(), address);
  }
  return [...byText.values()];
}

/** No more than a look: what is an address decides the API. */
const ADDRESS = /^[^@<>()"]+@[^@<>()"]+$/;

export function findNonAddresses(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => !ADDRESS.test(address));
}
