/**
 * Which of our models a provider's bill means. Bills name dated versions, families, regions; what matches no model
 * that was used stays unknown, and is said so instead of guessed.
 */

/** What names have in common: no vendor, region, date, version, punctuation. */
function essence(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(us|eu|apac|global|jp|au)\./, '')
    .replace(/^(anthropic|amazon|meta|mistral|cohere|openai|ai21|deepseek)[./]/, '')
    .replace(/-v\d+(:\d+)?$/, '')
    .replace(/[-@](20\d{2})-?(\d{2})-?(\d{2})$/, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

/** @param known Models that the ledger has. @returns Undefined: none of them, or more than one. */
export function matchModel(providerModel: string, known: readonly string[]): string | undefined {
  if (providerModel === '') return undefined;
  if (known.includes(providerModel)) return providerModel;
  const wanted = essence(providerModel);
  const same = known.filter((model) => essence(model) === wanted);
  if (same.length === 1) return same[0];
  // `Claude Sonnet 4.5` and `claude-4-5-sonnet` have the same parts in another order.
  const parts = (name: string) => (essence(name).match(/[a-z]+|\d/g) ?? []).toSorted().join(' ');
  const rearranged = known.filter((model) => parts(model) === parts(providerModel));
  return rearranged.length === 1 && same.length === 0 ? rearranged[0] : undefined;
}
