import { expect, it } from 'vitest';
import { holdsItsNumbers } from './json-numbers.ts';

it.each([
  '{"seed":9007199254740991,"low":-9007199254740991}',
  '{"a":0.30,"b":1e20,"c":-1.5E-7}',
  '{"text":"9007199254740993, \\"12345678901234567890\\" \\\\"}',
  '{"12345678901234567890":true}',
  '[]',
])('a browser reads and writes the numbers of %s as they are', (text) => {
  expect(holdsItsNumbers(text)).toBe(true);
});

it.each([
  '{"seed":9007199254740993}',
  '{"seed":-9007199254740993}',
  '[1,[12345678901234567890]]',
  '{"text":"\\\\","seed":18446744073709551615}',
  '{"a":1e400}',
])('a browser changes a number of %s', (text) => {
  expect(holdsItsNumbers(text)).toBe(false);
});

it('looks through a long text', () => {
  const text = JSON.stringify({ content: '\\"1234567890123456789'.repeat(20_000), n: 1 });
  expect(holdsItsNumbers(text)).toBe(true);
});
