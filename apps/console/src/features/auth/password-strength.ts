/**
 * How hard a password is to guess, roughly, for a hint while it is typed. The rule is the API's: at least
 * ten characters, four of them different, and not the address.
 */
export const PASSWORD_MIN_LENGTH = 10;
const MIN_DIFFERENT = 4;
const GOOD_BITS = 60;
const STRONG_BITS = 80;

export type PasswordStrength = 'empty' | 'short' | 'weak' | 'good' | 'strong';

export function passwordStrength(password: string, email = ''): PasswordStrength {
  const characters = [...password];
  if (characters.length === 0) return 'empty';
  if (characters.length < PASSWORD_MIN_LENGTH) return 'short';
  const different = new Set(characters).size;
  const lower = password.toLowerCase();
  const name = email.toLowerCase().split('@')[0] ?? '';
  if (different < MIN_DIFFERENT || lower === email.toLowerCase()) return 'weak';
  // Repetition and one's own name add length without adding guesses.
  const counted =
    Math.min(characters.length, different * 2) - (name.length > 3 && lower.includes(name) ? name.length : 0);
  const bits = counted * Math.log2(alphabetSize(password));
  return bits >= STRONG_BITS ? 'strong' : bits >= GOOD_BITS ? 'good' : 'weak';
}

function alphabetSize(password: string): number {
  const classes: readonly (readonly [RegExp, number])[] = [
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/\p{Nd}/u, 10],
    [/[^\p{L}\p{Nd}]/u, 30],
  ];
  return classes.reduce((sum, [pattern, size]) => sum + (pattern.test(password) ? size : 0), 0) || 1;
}
