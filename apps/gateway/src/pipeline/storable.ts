/** What a client wrote, as the ledger may keep it: printable, and not longer than it helps. */
const PLAIN = /^[\x20-\x7e]*$/;

export function storable(text: string, maxLength: number): string {
  if (text.length <= maxLength && PLAIN.test(text)) return text;
  return text.slice(0, maxLength).replaceAll(/[^\x20-\x7e]/g, '?');
}
