/** How one signs in: passkeys, the authenticator app, recovery codes, and showing again who one is. */
import { z } from '@hono/zod-openapi';
import {
  beginPasskeyRegistration,
  beginTotp,
  cancelEmailChange,
  confirmEmailChange,
  confirmTotp,
  findBrowser,
  finishPasskeyRegistration,
  getAccountSecurity,
  listSecurityEvents,
  type PasskeySummary,
  reauthenticate,
  rememberBrowser,
  removePasskey,
  removeTotp,
  renamePasskey,
  renewRecoveryCodes,
  requestEmailChange,
} from '@tollgate/identity';
import type { ApiContext } from '../framework/api-context.ts';
import { id, idParam, iso, text, timestamp } from '../framework/field.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import {
  PasskeyAssertion,
  PasskeyAttestation,
  PasskeyOptions,
  toAssertion,
  toAttestation,
} from './passkey-shapes.ts';

const Passkey = z
  .object({
    id,
    name: z.string(),
    /** A service keeps a copy of it, as phones do. */
    backedUp: z.boolean(),
    createdAt: timestamp,
    lastUsedAt: timestamp.nullable(),
  })
  .openapi('Passkey');

export const WaitingEmail = z.object({ email: z.string(), expiresAt: timestamp }).openapi('WaitingEmail');

export const AccountSecurity = z
  .object({
    hasPassword: z.boolean(),
    passwordChangedAt: timestamp.nullable(),
    passkeys: z.array(Passkey),
    /** Since when codes of an authenticator app are asked for; null: they are not. */
    totpSince: timestamp.nullable(),
    recoveryCodesLeft: z.int(),
    /** Identity providers with an account of one's own. */
    providers: z.array(z.string()),
    openSessions: z.int(),
    /** A change of one's address that waits for the link in the new mailbox. */
    waitingEmail: WaitingEmail.nullable(),
    /** When one last showed who one is, in this session. */
    authenticatedAt: timestamp,
    secondFactorAt: timestamp.nullable(),
  })
  .openapi('AccountSecurity');

export const SecurityEvent = z
  .object({
    id,
    occurredAt: timestamp,
    action: z.string(),
    targetName: z.string(),
    detail: z.unknown().nullable(),
    ipAddress: z.string(),
    userAgent: z.string(),
  })
  .openapi('SecurityEvent');

/** Shown in this answer and nowhere else; null where there were some before. */
const recoveryCodes = z.array(z.string()).nullable();
const passkeyName = text(60).refine((value) => value.length > 0, 'must not be empty');
const code = z.string().min(1).max(100);
const EVENT_LIMIT = 30;

export const meSecurityRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/me/security',
    tag: 'me',
    summary: 'How one signs in: password, passkeys, authenticator app, recovery codes left',
    access: 'session',
    response: AccountSecurity,
    run: async ({ context, actor }) => {
      const security = await getAccountSecurity(context.identity, actor);
      return {
        ...security,
        passwordChangedAt: iso(security.passwordChangedAt),
        passkeys: security.passkeys.map(presentPasskey),
        totpSince: iso(security.totpSince),
        waitingEmail: security.waitingEmail && {
          email: security.waitingEmail.email,
          expiresAt: iso(security.waitingEmail.expiresAt),
        },
        providers: [...security.providers],
        authenticatedAt: iso(actor.authenticatedAt),
        secondFactorAt: iso(actor.secondFactorAt),
      };
    },
  }),
  route({
    method: 'get',
    path: '/me/security-events',
    tag: 'me',
    summary: 'What happened to one’s own account in the last 90 days, newest first',
    access: 'session',
    response: z.object({ data: z.array(SecurityEvent), nextCursor: z.null() }),
    run: async ({ context, actor }) => {
      const rows = await listSecurityEvents(context.identity, actor, EVENT_LIMIT);
      return { data: rows.map((row) => ({ ...row, occurredAt: iso(row.occurredAt) })), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/me/reauthenticate',
    tag: 'me',
    summary: 'Show again who one is, in this session: what some changes need',
    description:
      'With a passkey; or with the password, and a code where there is a second factor. Without a password the code is enough.',
    access: 'session',
    body: z.strictObject({
      password: z.string().max(1_024).exactOptional(),
      code: code.exactOptional(),
      passkey: PasskeyAssertion.exactOptional(),
    }),
    run: async ({ context, actor, body, origin, request }) => {
      const { passkey, password = '', code: shownCode = '' } = body;
      const shown =
        passkey === undefined
          ? ({ kind: 'password', password, code: shownCode } as const)
          : ({ kind: 'passkey', passkey: answerOf(context, request, toAssertion(passkey)) } as const);
      await reauthenticate(context.identity, actor, shown, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/me/email',
    tag: 'me',
    summary: 'Change one’s own address: sends a link to the new one, and nothing changes before it is opened',
    access: 'session',
    recentSignIn: true,
    body: z.strictObject({ email: z.string().min(3).max(254) }),
    response: WaitingEmail,
    status: 202,
    run: async ({ context, actor, body, origin }) => {
      const waiting = await requestEmailChange(context.identity, actor, body.email, origin);
      return { email: waiting.email, expiresAt: iso(waiting.expiresAt) };
    },
  }),
  route({
    method: 'delete',
    path: '/me/email',
    tag: 'me',
    summary: 'Drop the change of one’s address that waits',
    access: 'session',
    run: async ({ context, actor, origin }) => {
      if (!(await cancelEmailChange(context.identity, actor, origin))) throw notFound('change');
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/me/email/confirm',
    tag: 'me',
    summary: 'Change one’s own address with the token of the mail to the new one; every other session ends',
    description:
      'Needs a session of the very account. The old address, if it was verified, is told and can take it back.',
    access: 'session',
    body: z.strictObject({ token: z.string().min(1).max(200) }),
    response: z.object({ email: z.string() }),
    run: ({ context, actor, body, origin }) =>
      confirmEmailChange(context.identity, actor, body.token, origin),
  }),
  route({
    method: 'post',
    path: '/me/passkeys/options',
    tag: 'me',
    summary: 'What to ask the browser for to make a passkey',
    access: 'session',
    recentSignIn: true,
    response: PasskeyOptions,
    run: async ({ context, actor, headers, request, nowMs }) => {
      const cookie = request.headers.get('cookie');
      const { browser, setCookie } = rememberBrowser(context.settings.consoleUrl, cookie, nowMs);
      const options = await beginPasskeyRegistration(context.identity, actor, browser);
      headers.append('set-cookie', setCookie);
      return { options: { ...options } };
    },
  }),
  route({
    method: 'post',
    path: '/me/passkeys',
    tag: 'me',
    summary: 'Add the passkey that the browser made; with the first second factor come recovery codes',
    access: 'session',
    recentSignIn: true,
    body: z.strictObject({ name: passkeyName, passkey: PasskeyAttestation }),
    response: z.object({ passkey: Passkey, recoveryCodes }),
    status: 201,
    run: async ({ context, actor, body, origin, request }) => {
      const answer = answerOf(context, request, toAttestation(body.passkey));
      const added = await finishPasskeyRegistration(
        context.identity,
        actor,
        { ...answer, name: body.name },
        origin,
      );
      return { passkey: presentPasskey(added.passkey), recoveryCodes: presentCodes(added.recoveryCodes) };
    },
  }),
  route({
    method: 'patch',
    path: '/me/passkeys/{id}',
    tag: 'me',
    summary: 'Rename a passkey',
    access: 'session',
    params: idParam,
    body: z.strictObject({ name: passkeyName }),
    response: Passkey,
    run: async ({ context, actor, params, body, origin }) =>
      presentPasskey(await renamePasskey(context.identity, actor, params.id, body.name, origin)),
  }),
  route({
    method: 'delete',
    path: '/me/passkeys/{id}',
    tag: 'me',
    summary: 'Remove a passkey; needs a second factor shown within the last 15 minutes',
    access: 'session',
    recentSignIn: true,
    params: idParam,
    run: async ({ context, actor, params, origin }) => {
      await removePasskey(context.identity, actor, params.id, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/me/totp',
    tag: 'me',
    summary: 'Begin with an authenticator app: its secret, in this answer and nowhere else',
    access: 'session',
    recentSignIn: true,
    response: z.object({ secret: z.string(), uri: z.string() }),
    run: ({ context, actor }) => beginTotp(context.identity, actor),
  }),
  route({
    method: 'post',
    path: '/me/totp/confirm',
    tag: 'me',
    summary:
      'Turn the authenticator app on with a code of it; with the first second factor come recovery codes',
    access: 'session',
    recentSignIn: true,
    body: z.strictObject({ code }),
    response: z.object({ recoveryCodes }),
    run: async ({ context, actor, body, origin }) => ({
      recoveryCodes: presentCodes(await confirmTotp(context.identity, actor, body.code, origin)),
    }),
  }),
  route({
    method: 'delete',
    path: '/me/totp',
    tag: 'me',
    summary: 'Turn the authenticator app off; needs a second factor shown within the last 15 minutes',
    access: 'session',
    recentSignIn: true,
    run: async ({ context, actor, origin }) => {
      await removeTotp(context.identity, actor, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/me/recovery-codes',
    tag: 'me',
    summary: 'Ten new recovery codes, in this answer and nowhere else; those before open nothing any longer',
    access: 'session',
    recentSignIn: true,
    response: z.object({ recoveryCodes: z.array(z.string()) }),
    run: async ({ context, actor, origin }) => ({
      recoveryCodes: [...(await renewRecoveryCodes(context.identity, actor, origin))],
    }),
  }),
];

function answerOf<T>({ settings }: ApiContext, request: Request, response: T) {
  return { response, browser: findBrowser(settings.consoleUrl, request.headers.get('cookie')) };
}

function presentPasskey(passkey: PasskeySummary) {
  return { ...passkey, createdAt: iso(passkey.createdAt), lastUsedAt: iso(passkey.lastUsedAt) };
}

function presentCodes(codes: readonly string[] | null): string[] | null {
  return codes === null ? null : [...codes];
}
