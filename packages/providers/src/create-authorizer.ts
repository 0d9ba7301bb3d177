/** The authorizer of a credential, from the provider's data and the credential's fields. */
import { GatewayError } from '@tollgate/errors';
import { z } from 'zod';
import type { UpstreamAuthorizer } from './authorization.ts';
import { awsAuthorizer, awsCredentialSchema } from './aws/authorizer.ts';
import { credentialValues } from './credential-fields.ts';
import type { Provider } from './provider.ts';
import { credentialHeaders } from './upstream-request.ts';
import { googleAuthorizer, serviceAccountSchema, type TokenFetch } from './vertex/authorizer.ts';

export interface AuthorizerDependencies {
  /** For bought tokens; obeys the rules for outbound connections. */
  readonly fetchToken: TokenFetch;
}

/**
 * Keep it as long as the credential's version is used: it may hold a token.
 *
 * @param secret As opened. @param region Where the credential itself names none.
 * @throws {GatewayError} `provider_credential_rejected`, where the credential cannot be read.
 */
export function createAuthorizer(
  provider: Provider,
  secret: string,
  { fetchToken }: AuthorizerDependencies,
  region = '',
): UpstreamAuthorizer {
  const { authentication } = provider;
  const values = credentialValues(provider, secret);
  switch (authentication.kind) {
    case 'aws-sigv4': {
      const credential = parse(provider, awsCredentialSchema, {
        ...(region === '' ? {} : { region }),
        ...values,
      });
      return awsAuthorizer(credential, authentication.service);
    }
    case 'google-oauth': {
      const account = parse(provider, serviceAccountText, values.serviceAccount ?? '');
      return googleAuthorizer(account, authentication.scopes, fetchToken);
    }
    case 'bearer':
    case 'header':
    case 'none': {
      const own = credentialHeaders(provider, secret);
      return { authorize: ({ headers }) => ({ ...headers, ...own }), secrets: () => [secret] };
    }
  }
}

const serviceAccountText = z
  .string()
  .max(16_384)
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(serviceAccountSchema);

/** The reasons hold no values of the credential. */
function parse<T>(provider: Provider, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GatewayError(
    'provider_credential_rejected',
    `The credential of ${provider.displayName} cannot be read.`,
    { source: 'tollgate' },
  );
}
