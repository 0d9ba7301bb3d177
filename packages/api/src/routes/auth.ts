/** Signing up, in and out, and getting back in. Open to everybody, throttled inside identity. */
import { z } from '@hono/zod-openapi';
import {
  authenticateSession,
  beginPasskeyAssertion,
  clearSecondStepCookie,
  clearSessionCookie,
  endSessions,
  findBrowser,
  findSignInWay,
  finishSecondStep,
  getOpenInvitation,
  getSecondStep,
  type NewSession,
  PASSWORD_MAX_LENGTH,
  readSecondStepCookie,
  readSessionCookie,
  rememberBrowser,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  serializeSecondStepCookie,
  serializeSessionCookie,
  signIn,
  signInWithPasskey,
  signUp,
  undoEmailChange,
  verifyEmail,
} from '@tollgate/identity';
import type { ApiContext } from '../framework/api-context.ts';
import { iso, name, text, timestamp, timeZone } from '../framework/field.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { SignInWays } from '../single-sign-on/shapes.ts';
import { PasskeyAssertion, PasskeyOptions, toAssertion } from './passkey-shapes.ts';

const email = z.string().min(3).max(254);
const password = z
  .string()
  .min(1)
  .max(PASSWORD_MAX_LENGTH * 4);
const token = z.string().min(1).max(200);
const locale = z.enum(['en', 'de']);

const SignUpBody = z.strictObject({
  email,
  password,
  name: text(100).exactOptional(),
  locale: locale.exactOptional(),
  organizationName: text(100).exactOptional(),
  timeZone: timeZone.exactOptional(),
  invitationToken: token.exactOptional(),
});

const SignedUpAnswer = z.object({ userId: z.string(), organizationId: z.string() }).openapi('SignedUp');
const SecondStep = z
  .object({
    /** What the person has to answer with; recovery codes always. */
    methods: z.array(z.enum(['totp', 'passkey', 'recovery-code'])),
    expiresAt: timestamp,
  })
  .openapi('SecondStep');
const SignedInAnswer = z
  .object({
    /** Null: not signed in yet, the second step comes first. */
    userId: z.string().nullable(),
    secondStep: SecondStep.nullable(),
  })
  .openapi('SignedIn');
const Accepted = z.object({ accepted: z.literal(true) });

export const authRoutes: readonly AnyRoute[] = [
  route({
    method: 'post',
    path: '/auth/sign-up',
    tag: 'auth',
    summary: 'Create an account with its organization, or accept an invitation as a new person',
    access: 'public',
    body: SignUpBody,
    response: SignedUpAnswer,
    status: 201,
    run: async ({ context, body, origin, headers }) => {
      const { userId, organizationId, session } = await signUp(context.identity, body, origin);
      setCookie(context, headers, session);
      return { userId, organizationId };
    },
  }),
  route({
    method: 'post',
    path: '/auth/sign-in',
    tag: 'auth',
    summary: 'Open a session',
    access: 'public',
    body: z.strictObject({ email, password }),
    response: SignedInAnswer,
    run: async ({ context, body, origin, headers, request }) => {
      const brought = await findPrevious(context, request);
      const outcome = await signIn(context.identity, { ...body, ...brought }, origin);
      if (outcome.kind === 'second-step') {
        const { methods, expiresAt } = outcome.secondStep;
        headers.append(
          'set-cookie',
          serializeSecondStepCookie(context.settings.consoleUrl, outcome.secondStep),
        );
        return { userId: null, secondStep: { methods: [...methods], expiresAt: iso(expiresAt) } };
      }
      setCookie(context, headers, outcome.session);
      return { userId: outcome.userId, secondStep: null };
    },
  }),
  route({
    method: 'post',
    path: '/auth/sign-in-ways',
    tag: 'auth',
    summary: 'The identity provider that answers for the domain of an address',
    description: 'By the domain alone: it says nothing of whether anybody has the address.',
    access: 'public',
    throttle: { limit: 1_000, windowSeconds: 900 },
    body: z.strictObject({ email: z.string().max(254) }),
    response: SignInWays,
    status: 200,
    run: async ({ context, body }) => ({
      singleSignOn: (await findSignInWay(context.database, body.email)) ?? null,
    }),
  }),
  route({
    method: 'get',
    path: '/auth/second-step',
    tag: 'auth',
    summary: 'What the sign-in that this browser has begun is waiting for',
    access: 'public',
    response: SecondStep,
    run: async ({ context, request }) => {
      const { methods, expiresAt } = await getSecondStep(context.identity, secondStepToken(context, request));
      return { methods: [...methods], expiresAt: iso(expiresAt) };
    },
  }),
  route({
    method: 'post',
    path: '/auth/second-step',
    tag: 'auth',
    summary: 'Finish a sign-in with a code of the authenticator app, or a recovery code',
    access: 'public',
    body: z.strictObject({ code: z.string().min(1).max(100) }),
    response: SignedInAnswer,
    run: async ({ context, body, origin, headers, request }) => {
      const token = secondStepToken(context, request);
      const brought = await findPrevious(context, request);
      const { userId, session } = await finishSecondStep(
        context.identity,
        { ...body, token, ...brought },
        origin,
      );
      setCookie(context, headers, session);
      return { userId, secondStep: null };
    },
  }),
  route({
    method: 'post',
    path: '/auth/passkey/options',
    tag: 'auth',
    summary: 'What to ask the browser’s passkeys: a challenge for this browser, good once and for minutes',
    access: 'public',
    response: PasskeyOptions,
    run: async ({ context, origin, headers, request, nowMs }) => {
      const cookie = request.headers.get('cookie');
      const { browser, setCookie: remember } = rememberBrowser(context.settings.consoleUrl, cookie, nowMs);
      const options = await beginPasskeyAssertion(context.identity, browser, origin);
      headers.append('set-cookie', remember);
      return { options: { ...options } };
    },
  }),
  route({
    method: 'post',
    path: '/auth/passkey/sign-in',
    tag: 'auth',
    summary: 'Open a session with a passkey; it is two factors',
    description:
      'Where this browser has a sign-in of the same person waiting for its second step, the passkey is that step, and the session is that of the provider who came first.',
    access: 'public',
    body: z.strictObject({ passkey: PasskeyAssertion }),
    response: SignedInAnswer,
    run: async ({ context, body, origin, headers, request }) => {
      const browser = findBrowser(context.settings.consoleUrl, request.headers.get('cookie'));
      const brought = await findPrevious(context, request);
      const waits = { secondStepToken: secondStepToken(context, request) };
      const answer = { response: toAssertion(body.passkey), browser, ...brought, ...waits };
      const { userId, session } = await signInWithPasskey(context.identity, answer, origin);
      setCookie(context, headers, session);
      return { userId, secondStep: null };
    },
  }),
  route({
    method: 'post',
    path: '/auth/sign-out',
    tag: 'auth',
    summary: 'End the session of this browser',
    access: 'public',
    run: async ({ context, headers, request, origin }) => {
      const person = await findPerson(context, request);
      headers.append('set-cookie', clearSessionCookie(context.settings.consoleUrl));
      if (person === undefined) return undefined;
      const { userId, email, sessionId } = person.actor;
      await endSessions(context.identity, { id: userId, email }, { only: sessionId }, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/auth/verify-email',
    tag: 'auth',
    summary: 'Verify one’s own e-mail address with the token of the mail',
    description: 'Needs a session of the very account: `link_for_other_account` says that it is another’s.',
    access: 'session',
    body: z.strictObject({ token }),
    run: async ({ context, actor, body, origin }) => {
      await verifyEmail(context.identity, actor.userId, body.token, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/auth/resend-verification',
    tag: 'auth',
    summary: 'Send the verification mail again',
    access: 'session',
    response: Accepted,
    status: 202,
    run: async ({ context, actor }) => {
      await resendVerification(context.identity, actor.userId);
      return { accepted: true as const };
    },
  }),
  route({
    method: 'post',
    path: '/auth/forgot-password',
    tag: 'auth',
    summary: 'Ask for a reset link; the answer is the same whether there is an account or not',
    access: 'public',
    body: z.strictObject({ email }),
    response: Accepted,
    status: 202,
    run: async ({ context, body, origin }) => {
      await requestPasswordReset(context.identity, body.email, origin);
      return { accepted: true as const };
    },
  }),
  route({
    method: 'post',
    path: '/auth/reset-password',
    tag: 'auth',
    summary: 'Set a new password with the token of the mail; every session ends',
    access: 'public',
    body: z.strictObject({ token, password }),
    run: async ({ context, body, origin }) => {
      await resetPassword(context.identity, body, origin);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/auth/undo-email-change',
    tag: 'auth',
    summary: 'Take a change of address back with the token of the mail to the old one',
    description:
      'Brings the old address back, ends every session, and drops the password and the ways to sign in that were added since; a link for a new password goes to the old address.',
    access: 'public',
    body: z.strictObject({ token }),
    response: z.object({ email: z.string() }),
    run: ({ context, body, origin }) => undoEmailChange(context.identity, body.token, origin),
  }),
  route({
    method: 'post',
    path: '/auth/invitation',
    tag: 'auth',
    summary: 'What an invitation’s token is for',
    access: 'public',
    body: z.strictObject({ token }),
    response: z
      .object({ organizationName: name, email: z.string(), role: z.string() })
      .openapi('InvitationPreview'),
    run: ({ context, body, nowMs }) => getOpenInvitation(context.database, body.token, nowMs),
  }),
];

function setCookie(context: ApiContext, headers: Headers, session: NewSession): void {
  const { consoleUrl } = context.settings;
  headers.append('set-cookie', serializeSessionCookie(consoleUrl, session.token, session.expiresAt));
  headers.append('set-cookie', clearSecondStepCookie(consoleUrl));
}

function secondStepToken(context: ApiContext, request: Request): string | undefined {
  return readSecondStepCookie(context.settings.consoleUrl, request.headers.get('cookie'));
}

/** The session that the browser brought along: it ends with a new sign-in. */
async function findPrevious(context: ApiContext, request: Request) {
  const person = await findPerson(context, request);
  return person === undefined ? {} : { previousSession: person.actor };
}

function findPerson(context: ApiContext, request: Request) {
  const token = readSessionCookie(context.settings.consoleUrl, request.headers.get('cookie'));
  return token === undefined ? undefined : authenticateSession(context.identity, token);
}
