/** Text for Prisma's `contains` and `startsWith`, which take `%` and `_` for wildcards. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
