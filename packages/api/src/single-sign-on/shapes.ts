/** What is told of verified domains and of the identity provider of an organization. */
import { z } from '@hono/zod-openapi';
import { id, timestamp } from '../framework/field.ts';

export const Domain = z
  .object({
    id,
    name: z.string().openapi({ description: 'Lower case, in its ASCII form.', example: 'acme.example' }),
    verifiedAt: timestamp
      .nullable()
      .openapi({ description: 'Null: not proved yet, or proved by another organization since.' }),
    record: z
      .object({ name: z.string(), type: z.literal('TXT'), value: z.string() })
      .openapi({ description: 'What to publish in the DNS of the domain, and to leave there.' }),
    memberCount: z.int().nullable().openapi({
      description: 'Members whose address is of this domain. Null for those who may not see members.',
    }),
    createdAt: timestamp,
  })
  .openapi('Domain');

/** Why nobody can be made to sign in by the provider yet. */
export const ENFORCEMENT_BLOCKERS = ['no_verified_domain', 'never_signed_in', 'locks_you_out'] as const;

export const IdentityProvider = z
  .object({
    id: id.openapi({
      description: 'Another one with another issuer or client: whoever it names is somebody else.',
    }),
    name: z.string().openapi({ description: 'On the button of the sign-in page.' }),
    issuer: z.string(),
    clientId: z.string(),
    enforced: z.boolean().openapi({
      description:
        'Members whose address is of a verified domain enter with a session of the provider alone. Owners, people with other addresses and admin tokens are exempt.',
    }),
    provisioning: z.boolean().openapi({
      description: 'Whoever signs in by it becomes a member; else members and invited people alone get in.',
    }),
    defaultRole: z.string().openapi({ description: 'A built-in role’s name, or the id of another.' }),
    disabledAt: timestamp.nullable().openapi({ description: 'When the organization was closed.' }),
    redirectUri: z.string().openapi({ description: 'To be registered at the provider.' }),
    signedInAt: timestamp
      .nullable()
      .openapi({ description: 'When somebody signed in by it last; null: nobody has yet.' }),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('IdentityProvider');

export const SingleSignOn = z
  .object({
    identityProvider: IdentityProvider.nullable(),
    redirectUri: z.string(),
    enforcement: z
      .object({
        affectedCount: z.int().nullable().openapi({
          description:
            'Members who have to sign in by the provider where it is enforced. Null for those who may not see members.',
        }),
        exemptOwnerCount: z.int().nullable().openapi({
          description: 'Owners with an address of a verified domain, who may enter another way.',
        }),
        blockers: z.array(z.enum(ENFORCEMENT_BLOCKERS)).openapi({
          description: 'What stands in the way of enforcing it, for whoever asks; empty: nothing.',
        }),
      })
      .openapi({ description: 'What enforcing it comes to.' }),
  })
  .openapi('SingleSignOn');

export const IDENTITY_PROVIDER_PROBLEM_CODES = [
  'unreachable',
  'private_address',
  'not_found',
  'no_metadata',
  'other_issuer',
  'missing',
  'not_https',
  'no_code_flow',
  'no_s256',
  'no_signatures',
  'no_client_authentication',
] as const;

export const IdentityProviderTest = z
  .object({
    ok: z.boolean(),
    problems: z.array(
      z.object({
        field: z.string().openapi({ description: 'Of the metadata, or `issuer`.' }),
        code: z.enum(IDENTITY_PROVIDER_PROBLEM_CODES),
        message: z.string().openapi({ description: 'In English; `code` is for translating.' }),
        found: z
          .string()
          .nullable()
          .openapi({ description: 'What stands there, where that says something.' }),
      }),
    ),
    metadataUrl: z.string().openapi({ description: 'What was asked.' }),
    tookMs: z.int(),
  })
  .openapi('IdentityProviderTest');

export const SignInWays = z
  .object({
    singleSignOn: z
      .object({ identityProviderId: id, name: z.string() })
      .nullable()
      .openapi({ description: 'The provider that answers for the domain of the address.' }),
  })
  .openapi('SignInWays');
