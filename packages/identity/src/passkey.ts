/**
 * Passkeys: WebAuthn credentials that a browser can find by itself and that their owner unlocks (user verification is
 * required), so that one is two factors. Here: adding, naming, removing. Signing in: passkey-assertion.ts.
 */

import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Transaction } from '@tollgate/db';
import { isUniqueViolation } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { PersonActor } from './actor.ts';
import { auditPerson } from './audit-person.ts';
import { issueChallenge, spendChallenge } from './challenge.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { challengeOf, PASSKEY_ALGORITHMS, relyingPartyOf } from './relying-party.ts';
import {
  afterFactorAdded,
  afterFactorRemoved,
  assertMayEnrol,
  assertRecentSecondFactor,
  findSecondFactors,
} from './second-factor.ts';
import { mailSecurityChange } from './security-mail.ts';
import { changeWaysInBySession } from './ways-in.ts';

const MAX_PASSKEYS = 20;

export interface PasskeySummary {
  readonly id: string;
  readonly name: string;
  /** Kept by a service that has a copy of it, as phones do. */
  readonly backedUp: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const SUMMARY = { id: true, name: true, backedUp: true, createdAt: true, lastUsedAt: true } as const;

/** Of the transaction's person, oldest first. */
export function listPasskeys(tx: Transaction, userId: string): Promise<PasskeySummary[]> {
  return tx.passkey.findMany({
    where: { userId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: MAX_PASSKEYS,
    select: SUMMARY,
  });
}

/** What to ask the browser for. @throws {IdentityError} `email_not_verified`, `too_many_passkeys`. */
export async function beginPasskeyRegistration(
  context: IdentityContext,
  actor: PersonActor,
  browser: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  assertMayEnrol(actor);
  const { userId, email, name } = actor;
  const nowMs = context.clock.nowMs();
  const { own, challenge } = await context.database.person({ userId }, async (tx) => ({
    own: await tx.passkey.findMany({ where: { userId }, select: { credentialId: true, transports: true } }),
    challenge: await issueChallenge(tx, { purpose: 'passkey-registration', userId, browser }, nowMs),
  }));
  assertRoom(own.length);
  return generateRegistrationOptions({
    rpName: 'Tollgate',
    rpID: relyingPartyOf(context.settings).id,
    userName: email,
    userDisplayName: name,
    userID: new TextEncoder().encode(userId),
    challenge: Uint8Array.from(Buffer.from(challenge.token, 'base64url')),
    attestationType: 'none',
    supportedAlgorithmIDs: [...PASSKEY_ALGORITHMS],
    excludeCredentials: own.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

export interface AddedPasskey {
  readonly passkey: PasskeySummary;
  /** With the person's first second factor. */
  readonly recoveryCodes: readonly string[] | null;
}

/** @throws {IdentityError} `passkey_refused`, `passkey_known`, `too_many_passkeys`, `email_not_verified`, `session_ended`. */
export async function finishPasskeyRegistration(
  context: IdentityContext,
  actor: PersonActor,
  input: {
    readonly response: RegistrationResponseJSON;
    readonly name: string;
    readonly browser: string | undefined;
  },
  origin: Origin,
): Promise<AddedPasskey> {
  assertMayEnrol(actor);
  const { userId, email } = actor;
  const { credential, aaguid, credentialBackedUp } = await verifyRegistration(context, userId, input);
  const nowMs = context.clock.nowMs();
  try {
    return await context.database.person({ userId }, async (tx, use) => {
      await changeWaysInBySession(tx, actor);
      const before = await findSecondFactors(tx, userId);
      assertRoom(before.passkeyCount);
      const passkey = await tx.passkey.create({
        data: {
          id: newId('passkey', nowMs),
          userId,
          credentialId: credential.id,
          publicKey: Uint8Array.from(credential.publicKey),
          counter: BigInt(credential.counter),
          transports: (credential.transports ?? []).slice(0, 10).map((one) => one.slice(0, 20)),
          aaguid,
          backedUp: credentialBackedUp,
          name: input.name,
          createdAt: new Date(nowMs),
        },
        select: SUMMARY,
      });
      const recoveryCodes = await afterFactorAdded(tx, actor, before, nowMs);
      await mailSecurityChange(tx, context, userId, { change: 'passkey-added', detail: input.name }, nowMs);
      await auditPerson(
        { tx, use, origin, nowMs },
        { id: userId, email },
        {
          action: 'passkey-added',
          target: { kind: 'passkey', id: passkey.id, name: passkey.name },
          after: { name: passkey.name, backedUp: passkey.backedUp },
        },
      );
      return { passkey, recoveryCodes };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('passkey_known', 'Cannot add this passkey: it is here already');
  }
}

async function verifyRegistration(
  context: IdentityContext,
  userId: string,
  {
    response,
    browser,
  }: { readonly response: RegistrationResponseJSON; readonly browser: string | undefined },
) {
  const challenge = challengeOf(response.response.clientDataJSON);
  const asked = { purpose: 'passkey-registration', browser: browser ?? '', userId } as const;
  const nowMs = context.clock.nowMs();
  if (!(await spendChallenge(context.database, challenge, asked, nowMs))) throw refused();
  const { id, origin } = relyingPartyOf(context.settings);
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...PASSKEY_ALGORITHMS],
  }).catch((cause: unknown) => {
    throw refused(cause);
  });
  if (!verified.verified) throw refused();
  return verified.registrationInfo;
}

/** @throws {IdentityError} `not_found`. */
export async function renamePasskey(
  context: IdentityContext,
  { userId, email }: PersonActor,
  id: string,
  name: string,
  origin: Origin,
): Promise<PasskeySummary> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx, use) => {
    const before = await getPasskey(tx, userId, id);
    const after = await tx.passkey.update({ where: { id }, data: { name }, select: SUMMARY });
    await auditPerson(
      { tx, use, origin, nowMs },
      { id: userId, email },
      {
        action: 'passkey-renamed',
        target: { kind: 'passkey', id, name },
        before: { name: before.name },
        after: { name },
      },
    );
    return after;
  });
}

/** @throws {IdentityError} `reauthentication_required`, `not_found`. */
export async function removePasskey(
  context: IdentityContext,
  actor: PersonActor,
  id: string,
  origin: Origin,
): Promise<void> {
  const { userId, email } = actor;
  const nowMs = context.clock.nowMs();
  await context.database.person({ userId }, async (tx, use) => {
    await changeWaysInBySession(tx, actor);
    const { name } = await getPasskey(tx, userId, id);
    assertRecentSecondFactor(actor, nowMs);
    await tx.passkey.delete({ where: { id }, select: { id: true } });
    await afterFactorRemoved(tx, userId);
    await mailSecurityChange(tx, context, userId, { change: 'passkey-removed', detail: name }, nowMs);
    await auditPerson(
      { tx, use, origin, nowMs },
      { id: userId, email },
      {
        action: 'passkey-removed',
        target: { kind: 'passkey', id, name },
        before: { name },
      },
    );
  });
}

async function getPasskey(tx: Transaction, userId: string, id: string): Promise<PasskeySummary> {
  const found = await tx.passkey.findFirst({ where: { userId, id }, select: SUMMARY });
  if (found === null) throw new IdentityError('not_found', 'Cannot find the passkey: it is not one of yours');
  return found;
}

function assertRoom(count: number): void {
  if (count < MAX_PASSKEYS) return;
  throw new IdentityError('too_many_passkeys', `Cannot add a passkey: ${MAX_PASSKEYS} are there, remove one`);
}

function refused(cause?: unknown): IdentityError {
  return new IdentityError('passkey_refused', 'Cannot add this passkey: it does not answer what was asked', {
    ...(cause === undefined ? {} : { cause }),
  });
}
