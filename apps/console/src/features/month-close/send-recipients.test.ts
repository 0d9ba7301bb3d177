import { describe, expect, it } from 'vitest';
import { readAddresses } from '../members/addresses.ts';
import { areWrong } from './send-recipients.tsx';

describe('areWrong()', () => {
  it('passes addresses, and none, which is the billing contact', () => {
    expect(areWrong([])).toBe(false);
    expect(areWrong(readAddresses(' a@example.com, b@example.com A@example.com '))).toBe(false);
  });

  it('tells what would be refused before it is asked', () => {
    expect(areWrong(readAddresses('a@example.com, Ada'))).toBe(true);
    expect(areWrong(Array.from({ length: 11 }, (_, at) => `p${at}@example.com`))).toBe(true);
  });
});
