/** What a usage line is called, for people. */

const COMPONENT_LABEL: Readonly<Record<string, string>> = {
  input: 'input tokens',
  cachedInput: 'cached input tokens',
  cacheWrite5m: 'cache write tokens (5 min)',
  cacheWrite1h: 'cache write tokens (1 h)',
  output: 'output tokens',
  reasoning: 'reasoning tokens',
  audioInput: 'audio input tokens',
  audioOutput: 'audio output tokens',
  request: 'requests',
  adjustment: 'adjustment',
};

export interface DescribedLine {
  readonly description: string;
  readonly model: string;
  readonly component: string;
}

/** `gpt-5 · cached input tokens`; the stored description where there is one. */
export function describeLine(line: DescribedLine): string {
  if (line.description !== '') return line.description;
  return [line.model, componentLabel(line.component)].filter((part) => part !== '').join(' · ');
}

/** The unit a component counts, in plural. Named images and units keep their name: `images (1024x1024)`. */
export function componentLabel(component: string): string {
  const [kind, name] = component.split(':', 2);
  if (name !== undefined) return kind === 'image' ? `images (${name})` : name;
  return COMPONENT_LABEL[component] ?? component;
}

/**
 * The price that quantity times it is exactly the amount, if there is a whole one; else the provider's price,
 * to which the markup was added and rounded per request.
 */
export function shownUnitPrice(line: {
  readonly unitPricePicoUsd: bigint;
  readonly markupBasisPoints: number;
  readonly quantity: bigint;
  readonly amountPicoUsd: bigint;
}): bigint {
  const scaled = line.unitPricePicoUsd * BigInt(10_000 + line.markupBasisPoints);
  const charged = scaled / 10_000n;
  return scaled % 10_000n === 0n && charged * line.quantity === line.amountPicoUsd
    ? charged
    : line.unitPricePicoUsd;
}
