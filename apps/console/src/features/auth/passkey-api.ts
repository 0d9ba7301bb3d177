/** Passkeys in the browser: asks the API for a challenge, the browser for an answer, and hands it on. */
import {
  type AuthenticationResponseJSON,
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';
import { apiFetch } from '../../api/client.ts';

interface Asked<T> {
  readonly options: T;
}

export { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill };

/** The person closed the browser's window, or there is no passkey: nothing that needs a message of its own. */
export class PasskeyCancelledError extends Error {
  override readonly name = 'PasskeyCancelledError';
}

/** @param autofill Waits until somebody picks one in the list below the field for their address. */
export async function getPasskey(autofill = false): Promise<AuthenticationResponseJSON> {
  const { options } = await apiFetch<Asked<PublicKeyCredentialRequestOptionsJSON>>('/auth/passkey/options', {
    method: 'POST',
    keepOnUnauthorized: true,
  });
  return askBrowser(() => startAuthentication({ optionsJSON: options, useBrowserAutofill: autofill }));
}

export async function signInWithPasskey(autofill = false): Promise<void> {
  const passkey = await getPasskey(autofill);
  await apiFetch('/auth/passkey/sign-in', { json: { passkey }, keepOnUnauthorized: true });
}

export interface AddedPasskey {
  readonly recoveryCodes: readonly string[] | null;
}

export async function addPasskey(name: string): Promise<AddedPasskey> {
  const { options } = await apiFetch<Asked<PublicKeyCredentialCreationOptionsJSON>>('/me/passkeys/options', {
    method: 'POST',
  });
  const passkey = await askBrowser(() => startRegistration({ optionsJSON: options }));
  return apiFetch<AddedPasskey>('/me/passkeys', { json: { name, passkey } });
}

/** Ends what the page waits for in the background. */
export function stopWaitingForPasskey(): void {
  WebAuthnAbortService.cancelCeremony();
}

async function askBrowser<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : '';
    if (name === 'NotAllowedError' || name === 'AbortError') {
      throw new PasskeyCancelledError('Cannot go on without a passkey: none was chosen', { cause });
    }
    throw cause;
  }
}
