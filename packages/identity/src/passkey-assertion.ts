/** What a passkey proves: who is there, and that they unlocked it. Names no account before that. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  type VerifiedAuthenticationResponse,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import type { Transaction } from '@tollgate/db';
import { issueChallenge, spendChallenge } from './challenge.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { challengeOf, relyingPartyOf } from './relying-party.ts';
import { networkOf, throttle } from './throttle.ts';

const WINDOW_MS = 15 * 60_000;
/** A page of sign-in asks for one as it opens, so that browsers can offer passkeys. */
const CHALLENGES_PER_ADDRESS = 300;

/** What to ask the browser for: any passkey that it has for this console. @throws {IdentityError} `too_many_attempts`. */
export async function beginPasskeyAssertion(
  context: IdentityContext,
  browser: string,
  origin: Origin,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const subject = `passkey:address:${networkOf(origin.ipAddress)}`;
  await throttle(context.attempts, [{ subject, limit: CHALLENGES_PER_ADDRESS, windowMs: WINDOW_MS }]);
  const { token } = await context.database.platform((tx) =>
    issueChallenge(tx, { purpose: 'passkey-assertion', browser }, context.clock.nowMs()),
  );
  return generateAuthenticationOptions({
    rpID: relyingPartyOf(context.settings).id,
    challenge: Uint8Array.from(Buffer.from(token, 'base64url')),
    userVerification: 'required',
  });
}

export interface PasskeyAnswer {
  readonly response: AuthenticationResponseJSON;
  /** The cookie of the browser that answers. */
  readonly browser: string | undefined;
}

export interface ProvenPasskey {
  readonly passkeyId: string;
  readonly userId: string;
  readonly newCounter: bigint;
  readonly backedUp: boolean;
}

interface FoundPasskey {
  readonly id: string;
  readonly userId: string;
  readonly publicKey: Uint8Array;
  readonly counter: bigint;
}

/** Spends the challenge, whatever comes of it. @throws {IdentityError} `passkey_refused`: says no more than that. */
export async function verifyPasskey(
  context: IdentityContext,
  { response, browser }: PasskeyAnswer,
): Promise<ProvenPasskey> {
  const challenge = challengeOf(response.response.clientDataJSON);
  const asked = { purpose: 'passkey-assertion', browser: browser ?? '' } as const;
  if (!(await spendChallenge(context.database, challenge, asked, context.clock.nowMs()))) throw refused();
  const found = await findPasskey(context, response.id);
  if (found === undefined) throw refused();
  const { userHandle } = response.response;
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== found.userId) {
    throw refused();
  }
  const { authenticationInfo } = await verifySignature(context, response, challenge, found);
  return {
    passkeyId: found.id,
    userId: found.userId,
    newCounter: BigInt(authenticationInfo.newCounter),
    backedUp: authenticationInfo.credentialBackedUp,
  };
}

async function verifySignature(
  context: IdentityContext,
  response: AuthenticationResponseJSON,
  challenge: string,
  found: FoundPasskey,
): Promise<VerifiedAuthenticationResponse> {
  const { id, origin } = relyingPartyOf(context.settings);
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    credential: {
      id: response.id,
      publicKey: Uint8Array.from(found.publicKey),
      counter: Number(found.counter),
    },
  }).catch((cause: unknown) => {
    throw refused(cause);
  });
  if (!verified.verified) throw refused();
  return verified;
}

/**
 * Keeps what the authenticator counted, in the transaction of what the passkey is used for.
 *
 * @throws {IdentityError} `passkey_refused`: removed meanwhile, or counted backwards, as a copy would.
 */
export async function notePasskeyUse(tx: Transaction, proven: ProvenPasskey, nowMs: number): Promise<string> {
  const { passkeyId, userId, newCounter, backedUp } = proven;
  const counted = newCounter === 0n ? { counter: 0n } : { counter: { lt: newCounter } };
  const { count } = await tx.passkey.updateMany({
    where: { id: passkeyId, userId, ...counted },
    data: { counter: newCounter, backedUp, lastUsedAt: new Date(nowMs) },
  });
  if (count === 0) throw refused();
  const { name } = await tx.passkey.findUniqueOrThrow({ where: { id: passkeyId }, select: { name: true } });
  return name;
}

/** @returns Undefined for a passkey that is nobody's here. */
export async function findPasskeyOwner(
  context: IdentityContext,
  credentialId: string,
): Promise<string | undefined> {
  return (await findPasskey(context, credentialId))?.userId;
}

async function findPasskey(
  context: IdentityContext,
  credentialId: string,
): Promise<FoundPasskey | undefined> {
  const rows = await context.database.platform(
    (tx) => tx.$queryRaw<FoundPasskey[]>`
      SELECT id, user_id AS "userId", public_key AS "publicKey", counter FROM find_passkey(${credentialId})`,
  );
  return rows[0];
}

function refused(cause?: unknown): IdentityError {
  return new IdentityError('passkey_refused', 'Cannot accept this passkey: it opens nothing here', {
    ...(cause === undefined ? {} : { cause }),
  });
}
