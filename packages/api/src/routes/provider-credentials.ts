/** Providers that there are, and an organization's own credentials for them. */
import { z } from '@hono/zod-openapi';
import { allProviders } from '@tollgate/providers';
import { type AnyRoute, route } from '../framework/route.ts';
import { credentialRoutes } from '../provider-credentials/credential-routes.ts';

const ProviderField = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['secret', 'text', 'json', 'url']),
  required: z.boolean(),
  /** What it is and where it is found. */
  help: z.string(),
});

export const ProviderInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    needsBaseUrl: z.boolean(),
    fields: z.array(ProviderField),
    /** Groups of fields of which one must be complete. */
    kinds: z.array(z.array(z.string())),
    /** Where people get a key. */
    docsUrl: z.string(),
  })
  .openapi('Provider');

export const providerCredentialRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/providers',
    tag: 'provider-credentials',
    summary: 'Providers that a credential can be for',
    access: 'member',
    response: z.object({ data: z.array(ProviderInfo), nextCursor: z.null() }),
    run: () => ({
      data: allProviders().map((provider) => ({
        id: provider.id,
        name: provider.displayName,
        baseUrl: provider.baseUrl,
        needsBaseUrl: provider.baseUrl === '',
        fields: provider.credentialFields.map((field) => ({ ...field })),
        kinds: provider.credentialKinds.map((names) => [...names]),
        docsUrl: provider.docsUrl,
      })),
      nextCursor: null,
    }),
  }),
  ...credentialRoutes({
    path: '/provider-credentials',
    tag: 'provider-credentials',
    read: 'provider-credentials:read',
    write: 'provider-credentials:write',
    recentSignIn: false,
    summaries: {
      list: 'The organization’s own credentials',
      create: 'Connect a provider; live ones need one’s own address to be verified',
      read: 'One credential',
      change: 'Change a credential; another base URL needs its secrets again',
      remove: 'Delete a credential and its secret; history keeps its id',
      test: 'Ask the provider for its models with this credential',
    },
  }),
];
