import { describe, expect, it } from 'vitest';
import { passwordStrength } from './password-strength.ts';

describe('passwordStrength()', () => {
  it.each([
    ['', 'empty'],
    ['Tr0ub4d&r', 'short'],
    ['aaaaaaaaaaaa', 'weak'],
    ['abababababab', 'weak'],
    ['summersummer', 'weak'],
    ['correct horse', 'good'],
    ['correct horse battery staple', 'strong'],
  ] as const)('finds %j %s', (password, strength) => {
    expect(passwordStrength(password)).toBe(strength);
  });

  it('does not count the name in the address', () => {
    expect(passwordStrength('grace.hopper1', 'grace.hopper@example.com')).toBe('weak');
  });
});
