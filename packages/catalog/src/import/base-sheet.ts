/**
 * The standard price of one record: its stated rates, tiers, media and fees as components.
 *
 * Not here: service tiers, regions and later price changes, which follow from this sheet (variants.ts).
 */
import type { PriceComponent, TokenComponent } from '../price.ts';
import { type Components, divide, emptySheet, type Sheet, toFraction, toUnitPrice } from './sheet.ts';
import type { SourceRates, SourceRecord } from './source-record.ts';

const PER_MILLION = 1_000_000n;

const RATE_BY_COMPONENT = {
  input: 'input_usd_per_mtok',
  cachedInput: 'cache_read_usd_per_mtok',
  cacheWrite5m: 'cache_write_usd_per_mtok',
  cacheWrite1h: 'cache_write_1h_usd_per_mtok',
  output: 'output_usd_per_mtok',
  reasoning: 'reasoning_usd_per_mtok',
} as const satisfies Partial<Record<TokenComponent, keyof SourceRates>>;

/** `per_unit` names as components. A name that is not here is reported, not guessed. */
const COMPONENT_BY_UNIT: Readonly<Record<string, PriceComponent>> = {
  usd_per_request: 'request',
  usd_per_query: 'unit:query',
  usd_per_page: 'unit:page',
  annotation_usd_per_page: 'unit:annotation_page',
  code_interpreter_usd_per_session: 'unit:code_interpreter_session',
  input_usd_per_second: 'unit:input_second',
  output_usd_per_second: 'unit:output_second',
  input_audio_usd_per_second: 'unit:input_audio_second',
  input_video_usd_per_second: 'unit:input_video_second',
  output_video_usd_per_second: 'unit:output_video_second',
  input_usd_per_character: 'unit:input_character',
  output_usd_per_character: 'unit:output_character',
};

/** Token components of stated rates; what could not be held exactly is added to `rounded`. */
export function readRates(rates: SourceRates, rounded: Set<string>): Components {
  const components: Components = {};
  for (const [component, field] of Object.entries(RATE_BY_COMPONENT) as [
    TokenComponent,
    keyof SourceRates,
  ][]) {
    setPrice(components, component, rates[field] as string | null | undefined, PER_MILLION, rounded);
  }
  // Null means "as output", and stating that would hide a tier's own output price.
  if (components.reasoning === components.output) delete components.reasoning;
  dropPlaceholders(components);
  return components;
}

/**
 * A zero beside a price is how lists write "none": embeddings have no output, and a cache read that is free next
 * to paid input was never seen on a bill. Not stated, it falls back to input or makes the cost unknown.
 */
function dropPlaceholders(components: Components): void {
  if (!components.input && !components.output) return;
  for (const name of ['input', 'output', 'cachedInput', 'cacheWrite5m', 'cacheWrite1h'] as const) {
    if (components[name] === 0n) delete components[name];
  }
}

export function readBaseSheet(record: SourceRecord): Sheet {
  const sheet = emptySheet();
  const { components, rounded } = sheet;
  Object.assign(components, readRates(record, rounded));
  addAudio(sheet, record);
  addImages(sheet, record);
  for (const [unit, usd] of Object.entries(record.per_unit ?? {})) {
    const component = COMPONENT_BY_UNIT[unit];
    if (component !== undefined) setPrice(components, component, usd, 1n, rounded);
  }
  addWebSearch(sheet, record);
  sheet.tiers = readTiers(record, sheet);
  return sheet;
}

/**
 * Tiers above 0 tokens; one that starts at 0 is the base price. What a tier leaves out although the base states
 * it grows as the tier's input or output grows (an hour of cache is twice the input price in every tier):
 * keeping the base price would understate it.
 */
export function readTiers(rates: SourceRates, sheet: Sheet): Sheet['tiers'] {
  const tiers: Sheet['tiers'] = [];
  for (const tier of rates.tiers ?? []) {
    const components = readRates(tier, sheet.rounded);
    if (tier.above_input_tokens === 0) {
      Object.assign(sheet.components, components);
      continue;
    }
    fillFromBase(components, sheet);
    tiers.push({ aboveInputTokens: tier.above_input_tokens, components });
  }
  return tiers.sort((left, right) => left.aboveInputTokens - right.aboveInputTokens);
}

function fillFromBase(components: Components, sheet: Sheet): void {
  for (const name of ['cachedInput', 'cacheWrite5m', 'cacheWrite1h', 'audioInput', 'reasoning'] as const) {
    const base = sheet.components[name];
    const side = name === 'reasoning' ? 'output' : 'input';
    const from = sheet.components[side];
    const to = components[side];
    if (components[name] !== undefined || base === undefined || base === 0n || !from || to === undefined)
      continue;
    const { value, exact } = divide(base * to, from);
    components[name] = value;
    sheet.derived.add(`tier ${name}`);
    if (!exact) sheet.rounded.add(`tier ${name}`);
  }
}

function addAudio(sheet: Sheet, { audio }: SourceRecord): void {
  const { components, rounded } = sheet;
  setPrice(components, 'audioInput', audio?.input_usd_per_mtok, PER_MILLION, rounded);
  setPrice(components, 'audioOutput', audio?.output_usd_per_mtok, PER_MILLION, rounded);
  setPrice(components, 'unit:cached_audio_input_token', audio?.cache_read_usd_per_mtok, PER_MILLION, rounded);
}

function addImages(sheet: Sheet, record: SourceRecord): void {
  const { image, mode } = record;
  if (!image) return;
  const { components, rounded } = sheet;
  setPrice(components, 'unit:image_input_token', image.input_usd_per_mtok, PER_MILLION, rounded);
  setPrice(components, 'unit:image_output_token', image.output_usd_per_mtok, PER_MILLION, rounded);
  const variant = normalizeVariant(record.variant);
  const generated: PriceComponent = `image:${variant ?? 'default'}`;
  const makesImages = mode === 'image' || mode === 'image_edit';
  // For image models the collection calls the price of a generated image by its input, pixel or output.
  const perImage = image.output_usd_per_image ?? (makesImages ? image.input_usd_per_image : null);
  setPrice(components, generated, perImage, 1n, rounded);
  if (!makesImages) setPrice(components, 'unit:input_image', image.input_usd_per_image, 1n, rounded);
  const perPixel = image.input_usd_per_pixel;
  if (components[generated] === undefined && perPixel && perPixel !== '0' && variant !== undefined) {
    setPixelPrice(sheet, generated, variant, perPixel);
  }
}

/**
 * Prices per pixel are prices per image divided by its pixels, with the noise of that division: multiplied back
 * and rounded to a tenth of a cent they are what the provider's list says.
 */
function setPixelPrice(sheet: Sheet, component: PriceComponent, variant: string, usdPerPixel: string): void {
  const size = /(\d+)x(\d+)$/.exec(variant);
  if (size === null) return;
  const { numerator, denominator } = toFraction(usdPerPixel);
  const pixels = BigInt(size[1]!) * BigInt(size[2]!);
  const tenthsOfCent = divide(numerator * pixels * 1000n, denominator).value;
  sheet.components[component] = tenthsOfCent * 1_000_000_000n;
  sheet.derived.add(component);
}

/** `high/1024-x-1536` as `high/1024x1536`. */
function normalizeVariant(variant: string | null | undefined): string | undefined {
  return variant?.toLowerCase().replace(/(\d|max)-x-(\d|max)/, '$1x$2') ?? undefined;
}

function addWebSearch(
  { components, rounded }: Sheet,
  { web_search_usd_per_query: search }: SourceRecord,
): void {
  if (!search) return;
  setPrice(components, 'unit:web_search', search.medium, 1n, rounded);
  if (search.low === search.medium && search.high === search.medium) return;
  setPrice(components, 'unit:web_search_low', search.low, 1n, rounded);
  setPrice(components, 'unit:web_search_high', search.high, 1n, rounded);
}

function setPrice(
  components: Components,
  component: PriceComponent,
  usd: string | null | undefined,
  units: bigint,
  rounded: Set<string>,
): void {
  if (usd === null || usd === undefined) return;
  const { value, exact } = toUnitPrice(usd, units);
  components[component] = value;
  if (!exact) rounded.add(component);
}
