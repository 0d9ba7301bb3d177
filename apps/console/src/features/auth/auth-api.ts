/** The calls around sign-in, and what follows them in this browser. */
import { apiFetch } from '../../api/client.ts';
import { chooseOrganization } from '../../api/organization.ts';

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly organizationName?: string | undefined;
  readonly locale: string;
  readonly invitationToken?: string | undefined;
}

export interface InvitationPreview {
  readonly organizationName: string;
  readonly email: string;
  readonly role: string;
}

/** The next page is loaded anew: nothing of the person before stays in this window's memory. */
export function enterConsole(path: string): void {
  window.location.assign(path);
}

export type SecondStepMethod = 'totp' | 'passkey' | 'recovery-code';

/** What a sign-in waits for after its first step. */
export interface SecondStep {
  readonly methods: readonly SecondStepMethod[];
}

/** @returns The second step where there is one; null: signed in. */
export async function signIn(email: string, password: string): Promise<SecondStep | null> {
  const { secondStep } = await apiFetch<{ secondStep: SecondStep | null }>('/auth/sign-in', {
    json: { email, password },
    keepOnUnauthorized: true,
  });
  return secondStep;
}

/** @throws {ApiError} `sign_in_expired` when there is none in this browser. */
export function getSecondStep(): Promise<SecondStep> {
  return apiFetch<SecondStep>('/auth/second-step', { keepOnUnauthorized: true });
}

export async function finishSecondStep(code: string): Promise<void> {
  await apiFetch('/auth/second-step', { json: { code }, keepOnUnauthorized: true });
}

/** Where a new organization counts its days, until somebody says otherwise; nothing where the browser's zone has no name. */
export function browserZone(): { readonly timeZone?: string } {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return Intl.supportedValuesOf('timeZone').includes(timeZone) ? { timeZone } : {};
}

/** Opens a session and makes the new organization the current one. */
export async function signUp(input: SignUpInput): Promise<void> {
  const { organizationId } = await apiFetch<{ organizationId: string }>('/auth/sign-up', {
    json: { ...withoutBlanks(input), ...browserZone() },
    keepOnUnauthorized: true,
  });
  chooseOrganization(organizationId);
}

export async function signOut(): Promise<void> {
  await apiFetch('/auth/sign-out', { method: 'POST' });
  enterConsole('/sign-in?ended=1');
}

export async function acceptInvitation(token: string): Promise<void> {
  const { organizationId } = await apiFetch<{ organizationId: string }>('/invitations/accept', {
    json: { token },
    keepOnUnauthorized: true,
  });
  chooseOrganization(organizationId);
}

function withoutBlanks(input: SignUpInput): Partial<SignUpInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== ''));
}
