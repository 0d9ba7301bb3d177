/** Leaves for a provider's sign-in. A script asks where to, because forms may be sent to this origin only. */
import { z } from 'zod';
import { ApiError, toApiProblem } from '../../api/api-error.ts';

const Answer = z.object({ url: z.url({ protocol: /^https?$/ }) });

export interface OAuthStart {
  readonly next?: string;
  readonly locale: string;
  /** Of `sso`: whose. */
  readonly identityProviderId?: string;
  /** Of `sso`: what the provider's own form begins with. */
  readonly email?: string;
  readonly invitationToken?: string;
  /** Shows again who one is, in the session that is open. */
  readonly reauthenticate?: true;
}

/**
 * @param leave Where to follow the provider: this window unless told.
 * @throws {ApiError} The console or the provider could not be reached, or refused.
 */
export async function startOAuth(
  providerId: string,
  input: OAuthStart,
  leave: Pick<Location, 'assign'> = window.location,
): Promise<void> {
  const response = await fetch(`/api/auth/signin/${encodeURIComponent(providerId)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-tollgate-csrf': '1' },
    body: JSON.stringify(input),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(toApiProblem(response.status, body, null));
  leave.assign(Answer.parse(body).url);
}
