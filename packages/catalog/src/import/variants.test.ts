import { describe, expect, it } from 'vitest';
import { buildPrices, type ImportReport } from './build-prices.ts';
import { mergePrices } from './merge.ts';
import { sourceRecordSchema } from './source-record.ts';
import { listVariants } from './variants.ts';

const DATES = { litellm: '2026-08-01', 'genai-prices': '2026-08-21' };

function record(fields: Record<string, unknown>) {
  return sourceRecordSchema.parse({
    id: 'm',
    provider: 'p',
    mode: 'chat',
    supports: {},
    source: 'litellm',
    ...fields,
  });
}

function build(...records: Record<string, unknown>[]) {
  const report: ImportReport = { rounded: [], derived: [], skipped: [] };
  return { lines: buildPrices(records.map(record), DATES, report), report };
}

const BASE = {
  input_usd_per_mtok: '3',
  output_usd_per_mtok: '15',
  cache_read_usd_per_mtok: '0.3',
  cache_write_usd_per_mtok: '3.75',
  cache_write_1h_usd_per_mtok: '6',
};

describe('listVariants()', () => {
  it('[M7] lets cache prices of a batch follow its input price, so that none is guessed low', () => {
    const batch = listVariants(
      record({ ...BASE, batch: { input_usd_per_mtok: '1.5', output_usd_per_mtok: '7.5' } }),
    ).find((variant) => variant.serviceTier === 'batch')!;
    expect(batch.sheet.components).toEqual({
      input: 1_500_000n,
      output: 7_500_000n,
      cachedInput: 150_000n,
      cacheWrite5m: 1_875_000n,
      cacheWrite1h: 3_000_000n,
    });
    expect([...batch.sheet.derived].sort()).toEqual(['cacheWrite1h', 'cacheWrite5m', 'cachedInput']);
  });

  it('[M7] prices an hour of cache in a tier that states only 5 minutes', () => {
    const [standard] = listVariants(
      record({
        ...BASE,
        tiers: [{ above_input_tokens: 200_000, input_usd_per_mtok: '6', cache_write_usd_per_mtok: '7.5' }],
      }),
    );
    expect(standard!.sheet.tiers[0]!.components).toMatchObject({
      cacheWrite5m: 7_500_000n,
      cacheWrite1h: 12_000_000n,
    });
  });

  it('takes a tier that starts at 0 as the base price', () => {
    const [standard] = listVariants(
      record({
        tiers: [
          { above_input_tokens: 0, input_usd_per_mtok: '0.05', output_usd_per_mtok: '0.4' },
          { above_input_tokens: 256_000, input_usd_per_mtok: '0.25', output_usd_per_mtok: '2' },
        ],
      }),
    );
    expect(standard!.sheet.components).toEqual({ input: 50_000n, output: 400_000n });
    expect(standard!.sheet.tiers).toHaveLength(1);
  });

  it('multiplies tokens by region and not the fees of tools', () => {
    const variants = listVariants(
      record({
        ...BASE,
        regional_multipliers: { eu: '1.1' },
        web_search_usd_per_query: { low: '0.01', medium: '0.01', high: '0.01' },
      }),
    );
    const eu = variants.find((variant) => variant.region === 'eu')!;
    expect(eu.sheet.components).toMatchObject({ input: 3_300_000n, 'unit:web_search': 10_000_000_000n });
  });
});

describe('buildPrices()', () => {
  it('[M4] rounds a price below a pico-USD per token, and names it', () => {
    const { lines, report } = build({ input_usd_per_mtok: '0.0133333333', output_usd_per_mtok: '1' });
    expect(lines[0]).toMatchObject({ components: { input: '13333' }, rounded: ['input'] });
    expect(report.rounded).toHaveLength(1);
  });

  it('leaves out a zero that means "unknown", and keeps one that means free', () => {
    const zero = { input_usd_per_mtok: '0', output_usd_per_mtok: '0' };
    expect(build(zero).lines).toEqual([]);
    expect(build(zero).report.skipped).toEqual(['p m: stated as 0, which here is a placeholder']);
    expect(build({ ...zero, provider: 'ollama' }).lines).toHaveLength(1);
    expect(build({ ...zero, id: 'm:free' }).lines).toHaveLength(1);
  });

  it('takes a zero beside a price as not stated', () => {
    const { lines } = build({
      input_usd_per_mtok: '1',
      output_usd_per_mtok: '0',
      cache_read_usd_per_mtok: '0',
    });
    expect(lines[0]!.components).toEqual({ input: '1000000' });
  });

  it('makes one price with sizes of the variants of an image model, per image instead of per pixel', () => {
    const image = (variant: string, usd: string) => ({
      mode: 'image',
      variant,
      image: { input_usd_per_pixel: usd },
    });
    const { lines } = build(
      image('hd/1024-x-1024', '0.00000007629'),
      image('hd/1024-x-1792', '0.00000006539'),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]!.components).toEqual({
      'image:hd/1024x1024': '80000000000',
      'image:hd/1024x1792': '120000000000',
    });
  });

  it('takes from a rule for a family only the names it states exactly', () => {
    const match = { or: [{ equals: 'm-1' }, { starts_with: 'm-2' }] };
    expect(build({ ...BASE, match }).lines.map((line) => line.model)).toEqual(['m-1']);
  });
});

describe('mergePrices()', () => {
  const published = build(BASE).lines;
  const raised = build({ ...BASE, input_usd_per_mtok: '4' }).lines;

  it('adds nothing when nothing changed', () => {
    expect(mergePrices(published, build(BASE).lines)).toMatchObject({ added: 0, conflicts: [] });
  });

  it('[M7] keeps the published version and adds the new price from its own day', () => {
    const later = raised.map((line) => ({ ...line, validFrom: '2026-12-01' }));
    const merged = mergePrices(published, later);
    expect(merged.added).toBe(1);
    expect(merged.prices).toEqual([...published, ...later]);
  });

  it('[M7] refuses another price for a published day unless told from when it holds', () => {
    expect(mergePrices(published, raised).conflicts).toEqual(['p m  default of 2026-08-01']);
    const corrected = mergePrices(published, raised, '2026-11-21');
    expect(corrected).toMatchObject({ added: 1, conflicts: [] });
    expect(corrected.prices.map((line) => line.validFrom)).toEqual(['2026-08-01', '2026-11-21']);
    expect(mergePrices(corrected.prices, raised, '2026-11-21')).toMatchObject({ added: 0, conflicts: [] });
  });
});
