import { describe, expect, it } from 'vitest';
import { readAddresses } from './addresses.ts';

describe('readAddresses()', () => {
  it('takes what people paste apart, and each address once', () => {
    expect(readAddresses(' ada@example.com; grace@example.com,\nADA@example.com  alan@example.com,')).toEqual(
      ['ada@example.com', 'grace@example.com', 'alan@example.com'],
    );
    expect(readAddresses(' , ')).toEqual([]);
  });
});
