/**
 * Rated components as JSON: jobs, log frames and the ledger's `components` column. JSON and BullMQ have no
 * bigint, so amounts are integer strings of pico-USD; a round trip is exact.
 */
import { type PicoUsd, picoUsd } from '@tollgate/money';
import { z } from 'zod';
import { isPriceComponent, type PriceComponent } from './price.ts';
import type { RatedComponent } from './rate.ts';
import { MAX_COUNT } from './usage.ts';

const amount = z.string().regex(/^(0|-?[1-9]\d{0,18})$/);

export const ratedComponentSchema = z.strictObject({
  component: z.custom<PriceComponent>((value) => typeof value === 'string' && isPriceComponent(value), {
    error: 'not a price component',
  }),
  quantity: z.int().min(0).max(MAX_COUNT),
  unitPricePicoUsd: amount,
  costPicoUsd: amount,
  chargePicoUsd: amount,
  chargeUnitPricePicoUsd: amount.exactOptional(),
});

export type RatedComponentJson = z.infer<typeof ratedComponentSchema>;

export function ratedComponentToJson(rated: RatedComponent): RatedComponentJson {
  const json: RatedComponentJson = {
    component: rated.component,
    quantity: rated.quantity,
    unitPricePicoUsd: String(rated.unitPricePicoUsd),
    costPicoUsd: String(rated.costPicoUsd),
    chargePicoUsd: String(rated.chargePicoUsd),
  };
  if (rated.chargeUnitPricePicoUsd !== undefined) {
    json.chargeUnitPricePicoUsd = String(rated.chargeUnitPricePicoUsd);
  }
  return json;
}

/**
 * @throws {z.ZodError} The value is not the JSON of a rated component.
 * @throws {RangeError} An amount does not fit 64 bits.
 */
export function ratedComponentFromJson(value: unknown): RatedComponent {
  const json = ratedComponentSchema.parse(value);
  return {
    component: json.component,
    quantity: json.quantity,
    unitPricePicoUsd: BigInt(json.unitPricePicoUsd),
    costPicoUsd: toPicoUsd(json.costPicoUsd),
    chargePicoUsd: toPicoUsd(json.chargePicoUsd),
    ...(json.chargeUnitPricePicoUsd === undefined
      ? {}
      : { chargeUnitPricePicoUsd: BigInt(json.chargeUnitPricePicoUsd) }),
  };
}

function toPicoUsd(text: string): PicoUsd {
  return picoUsd(BigInt(text));
}
