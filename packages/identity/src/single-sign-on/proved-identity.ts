/** Somebody whom the identity provider of an organization has proved to this browser. */

/** What a session says that it was opened by. */
export const SINGLE_SIGN_ON = 'sso';

/** What the provider has proved. */
export interface ProvedIdentity {
  readonly identityProviderId: string;
  readonly organizationId: string;
  readonly subject: string;
  readonly email: string | undefined;
  /** False only where the provider says that the address is not shown to be theirs. */
  readonly emailVerified: boolean;
  readonly name?: string;
  /** The domain that the account is run by, where the issuer says so (`hd`, of Google). */
  readonly hostedDomain?: string | undefined;
  /** When it last asked who they are, where it says so. */
  readonly authenticatedAtMs?: number | undefined;
}
