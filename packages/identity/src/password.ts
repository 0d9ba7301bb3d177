/** Passwords: argon2id with a salt of its own each (parameters of OWASP's cheat sheet, 19 MiB). */
import { hash, verify } from '@node-rs/argon2';
import { IdentityError } from './identity-error.ts';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export const PASSWORD_MIN_LENGTH = 10;
/** Longer input buys no strength and costs time. */
export const PASSWORD_MAX_LENGTH = 256;

/** @throws {IdentityError} `weak_password`: too short, too long, one repeated character, or the address. */
export function assertAcceptablePassword(password: string, email: string): void {
  const length = [...password].length;
  const reason =
    length < PASSWORD_MIN_LENGTH || length > PASSWORD_MAX_LENGTH
      ? `it must have ${PASSWORD_MIN_LENGTH} to ${PASSWORD_MAX_LENGTH} characters, got ${length}`
      : new Set(password).size < 4
        ? 'it must have at least four different characters'
        : password.toLowerCase() === email
          ? 'it must not be the e-mail address'
          : undefined;
  if (reason !== undefined) {
    throw new IdentityError('weak_password', `Cannot use this password: ${reason}`, { field: 'password' });
  }
}

/** @returns The encoded hash with its parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), PARAMETERS);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password is right. Takes as long for an account without password, or none at all, so that
 * the time tells nobody who has an account.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await decoy), normalize(password));
  return matches && stored != null;
}

/** The same password typed on two keyboards is the same bytes (RFC 8265). */
function normalize(password: string): string {
  return password.normalize('NFC');
}
