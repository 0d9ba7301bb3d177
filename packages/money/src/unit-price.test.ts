import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InexactPriceError,
  InvalidUsdError,
  unitPriceFromUsdPerMillion,
  usdPerMillionFromUnitPrice,
} from './index.ts';

describe('unitPriceFromUsdPerMillion()', () => {
  it.each([
    ['0.25', 250_000n],
    ['20', 20_000_000n],
    ['0.000001', 1n],
    ['0', 0n],
  ])('[M4] makes %s USD per million tokens %s pico-USD per token', (text, unitPrice) => {
    expect(unitPriceFromUsdPerMillion(text)).toBe(unitPrice);
  });

  it('[M4] makes a million tokens cost exactly the price', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_000_000_000_000n }), (unitPrice) => {
        expect(unitPriceFromUsdPerMillion(usdPerMillionFromUnitPrice(unitPrice))).toBe(unitPrice);
      }),
    );
  });

  it('[M4] refuses a price below a pico-USD per token instead of rounding it', () => {
    expect(() => unitPriceFromUsdPerMillion('0.0000005')).toThrow(InexactPriceError);
    expect(() => unitPriceFromUsdPerMillion('1.2345678')).toThrow(InexactPriceError);
    expect(unitPriceFromUsdPerMillion('1.2345670')).toBe(1_234_567n);
  });

  it('refuses text that is not a decimal', () => {
    expect(() => unitPriceFromUsdPerMillion('2.5e-7')).toThrow(InvalidUsdError);
  });
});
