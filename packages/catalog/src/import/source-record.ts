/**
 * The collected facts that the importer reads: one record per (provider, model, region, variant), all money as
 * decimal strings in USD. Unknown members are ignored, so that the collection may grow.
 */
import { z } from 'zod';

const usd = z.string().regex(/^\d{1,12}(\.\d{1,24})?$/);
const price = usd.nullish();

const rates = {
  input_usd_per_mtok: price,
  output_usd_per_mtok: price,
  cache_read_usd_per_mtok: price,
  cache_write_usd_per_mtok: price,
  cache_write_1h_usd_per_mtok: price,
  reasoning_usd_per_mtok: price,
};
const tierSchema = z.object({ above_input_tokens: z.int().min(0), ...rates });
const ratesSchema = z.object({ ...rates, tiers: z.array(tierSchema).nullish() });
const day = z.iso.date();

export const sourceRecordSchema = z.object({
  id: z.string().min(1).max(256),
  provider: z.string().min(1).max(64),
  region: z.string().nullish(),
  variant: z.string().nullish(),
  mode: z.string().nullish(),
  context_window: z.int().nullish(),
  max_output_tokens: z.int().nullish(),
  supports: z.record(z.string(), z.boolean()),
  modalities_in: z.array(z.string()).nullish(),
  modalities_out: z.array(z.string()).nullish(),
  prompt_cache_min_tokens: z.int().nullish(),
  embedding_dimensions: z.int().nullish(),
  deprecation_date: z.string().nullish(),
  source: z.string(),
  ...ratesSchema.shape,
  batch: ratesSchema.nullish(),
  flex: ratesSchema.nullish(),
  priority: ratesSchema.nullish(),
  audio: z
    .object({ input_usd_per_mtok: price, output_usd_per_mtok: price, cache_read_usd_per_mtok: price })
    .nullish(),
  image: z
    .object({
      input_usd_per_image: price,
      output_usd_per_image: price,
      input_usd_per_pixel: price,
      output_usd_per_pixel: price,
      input_usd_per_mtok: price,
      output_usd_per_mtok: price,
    })
    .nullish(),
  per_unit: z.record(z.string(), usd).nullish(),
  web_search_usd_per_query: z.object({ low: usd, medium: usd, high: usd }).nullish(),
  multipliers: z.record(z.string(), usd).nullish(),
  regional_multipliers: z.record(z.string(), usd).nullish(),
  price_changes: z.array(z.object({ start_date: day, source: z.string(), ...rates })).nullish(),
  match: z.unknown().optional(),
});

export type SourceRecord = z.infer<typeof sourceRecordSchema>;
export type SourceRates = z.infer<typeof ratesSchema>;
