import { describe, expect, it } from 'vitest';
import { recipientsOf } from './send-recipients.tsx';

describe('recipientsOf()', () => {
  it('reads addresses with commas or spaces between them, each once; none is the billing contact', () => {
    expect(recipientsOf('')).toEqual([]);
    expect(recipientsOf(' a@example.com, b@example.com A@example.com ')).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
  });

  it('asks for nothing that would be refused', () => {
    expect(recipientsOf('a@example.com, Ada')).toBeUndefined();
    expect(
      recipientsOf(Array.from({ length: 11 }, (_, at) => `p${at}@example.com`).join(' ')),
    ).toBeUndefined();
  });
});
