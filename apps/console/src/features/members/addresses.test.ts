import { describe, expect, it } from 'vitest';
import { findNonAddresses, readAddresses } from './addresses.ts';

describe('readAddresses()', () => {
  it('takes what people paste apart, and each address once', () => {
    expect(readAddresses(' ada@example.com; grace@example.com,\nADA@example.com  alan@example.com,')).toEqual(
      ['ada@example.com', 'grace@example.com', 'alan@example.com'],
    );
    expect(readAddresses(' , ')).toEqual([]);
  });

  it('finds words that cannot be addresses, so that none of them is sent for', () => {
    const typed = 'ada@example.com <img src=x@y> =1+1 @example.com grace@ müller@exämple.com';
    expect(findNonAddresses(readAddresses(typed))).toEqual([
      '<img',
      'src=x@y>',
      '=1+1',
      '@example.com',
      'grace@',
    ]);
  });
});
