/** Credentials for providers. The secret goes in and never comes out. */
import { z } from '@hono/zod-openapi';
import { allProviders, findProvider, type Provider } from '@tollgate/providers';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, iso, name, text, timestamp } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { readCredentialChange, readNewCredential } from '../provider-credentials/credential-input.ts';
import {
  type CredentialRow,
  deleteCredential,
  getCredential,
  insertCredential,
  lockCredential,
  openCredential,
  updateCredential,
} from '../provider-credentials/credential-store.ts';
import { testConnection } from '../provider-credentials/test-connection.ts';

export const ProviderCredential = z
  .object({
    id,
    provider: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    /** First and last characters of the secret; empty without one. */
    secretHint: z.string(),
    region: z.string(),
    livemode: z.boolean(),
    priority: z.int(),
    models: z.array(z.string()),
    disabledAt: timestamp.nullable(),
    lastTestedAt: timestamp.nullable(),
    lastTestOk: z.boolean().nullable(),
    lastTestDetail: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int(),
  })
  .openapi('ProviderCredential');

export const ConnectionTest = z
  .object({
    ok: z.boolean(),
    status: z.int().nullable(),
    detail: z.string(),
    tookMs: z.int(),
    models: z.array(z.string()),
  })
  .openapi('ConnectionTest');

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

const apiKey = z
  .string()
  .min(1)
  .max(4_096)
  // What cannot stand in a header would fail at every use.
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

const MAX_FIELDS = 20;
const credentialFields = z
  .record(z.string().max(64), z.string().max(16_384).nullable())
  .refine(
    (value) => Object.keys(value).length <= MAX_FIELDS,
    refusal(`must have at most ${MAX_FIELDS} fields`, 'too_many'),
  );

const optionalFields = {
  /** The provider’s own, by name; null takes one away. */
  fields: credentialFields.exactOptional(),
  baseUrl: z.string().max(2_048).exactOptional(),
  apiKey: apiKey.exactOptional(),
  region: text(64)
    .refine((value) => value !== '', refusal('must not be empty', 'required'))
    .exactOptional(),
  priority: z.int().min(0).max(10_000).exactOptional(),
  models: z.array(text(256)).max(1_000).exactOptional(),
};

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
  route({
    method: 'get',
    path: '/provider-credentials',
    tag: 'provider-credentials',
    summary: 'The organization’s own credentials',
    access: 'provider-credentials:read',
    query: z.strictObject({ ...pageShape, provider: text(64).exactOptional() }),
    response: pageOf(ProviderCredential),
    run: async ({ tx, organizationId, query }) => {
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = await tx.providerCredential.findMany({
        where: {
          organizationId,
          ...(query.provider === undefined ? {} : { provider: query.provider }),
          ...(after === undefined ? {} : { id: { gt: after } }),
        },
        orderBy: { id: 'asc' },
        take: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], present);
    },
  }),
  route({
    method: 'post',
    path: '/provider-credentials',
    tag: 'provider-credentials',
    summary: 'Connect a provider; live ones need one’s own address to be verified',
    access: 'provider-credentials:write',
    body: z.strictObject({ provider: text(64), name, ...optionalFields }),
    response: ProviderCredential,
    idempotent: true,
    throttle: { limit: 60, windowSeconds: 60 },
    run: async (call) => {
      const { context, body, tx, actor, headers } = call;
      const provider = getProvider(body.provider);
      const livemode = provider.id !== 'simulator';
      if (livemode && actor.actor.kind === 'person' && !actor.actor.emailVerified) {
        throw new ApiProblem(
          'email_not_verified',
          'Cannot connect a live provider: verify your address first',
        );
      }
      const { apiKey: _key, baseUrl: _url, fields: _fields, provider: _provider, ...columns } = body;
      const kept = readNewCredential(provider, body, context.settings.allowedPrivateOrigins);
      const row = await insertCredential(
        call,
        context.encryptionKeys,
        {
          region: 'default',
          priority: 100,
          models: [],
          ...columns,
          ...(kept.region !== undefined && { region: kept.region }),
          provider: provider.id,
          livemode,
          baseUrl: kept.baseUrl,
        },
        kept,
      );
      await recordChange(call, tx, 'credential-changed', row.id);
      setEtag(headers, row.version);
      return present(row);
    },
  }),
  route({
    method: 'get',
    path: '/provider-credentials/{id}',
    tag: 'provider-credentials',
    summary: 'One credential',
    access: 'provider-credentials:read',
    params: idParam,
    response: ProviderCredential,
    run: async ({ tx, organizationId, params, headers }) => {
      const row = await getCredential(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return present(row);
    },
  }),
  route({
    method: 'patch',
    path: '/provider-credentials/{id}',
    tag: 'provider-credentials',
    summary: 'Change a credential; another base URL needs its secrets again',
    access: 'provider-credentials:write',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      disabled: z.boolean().exactOptional(),
      ...optionalFields,
    }),
    response: ProviderCredential,
    run: async (call) => {
      const { context, body, tx, params, request, headers } = call;
      const before = await lockCredential(call, params.id);
      assertIfMatch(request, before.version);
      const { apiKey: _key, baseUrl: _url, fields: _fields, ...columns } = body;
      const stored = { secret: openCredential(context.encryptionKeys, before), baseUrl: before.baseUrl };
      const kept = readCredentialChange(
        getProvider(before.provider),
        body,
        stored,
        context.settings.allowedPrivateOrigins,
      );
      const row = await updateCredential(call, context.encryptionKeys, before, {
        ...definedOnly(columns),
        ...(kept !== undefined && {
          baseUrl: kept.baseUrl,
          secret: kept,
          ...(kept.region !== undefined && { region: kept.region }),
        }),
      });
      await recordChange(call, tx, 'credential-changed', row.id);
      setEtag(headers, row.version);
      return present(row);
    },
  }),
  route({
    method: 'delete',
    path: '/provider-credentials/{id}',
    tag: 'provider-credentials',
    summary: 'Delete a credential and its secret; history keeps its id',
    access: 'provider-credentials:write',
    params: idParam,
    run: async (call) => {
      const before = await lockCredential(call, call.params.id);
      assertIfMatch(call.request, before.version);
      await deleteCredential(call, before);
      await recordChange(call, call.tx, 'credential-changed', before.id);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/provider-credentials/{id}/test',
    tag: 'provider-credentials',
    summary: 'Ask the provider for its models with this credential',
    access: 'provider-credentials:write',
    params: idParam,
    response: ConnectionTest,
    detached: true,
    throttle: { limit: 30, windowSeconds: 60 },
    run: async ({ context, tenant, organizationId, params, nowMs }) => {
      const row = await tenant((tx) => getCredential(tx, organizationId, params.id));
      const target = { ...row, secret: openCredential(context.encryptionKeys, row) };
      const result = await testConnection(target, context.settings.allowedPrivateOrigins, nowMs);
      const lastTest = {
        lastTestedAt: new Date(nowMs),
        lastTestOk: result.ok,
        lastTestDetail: result.detail,
      };
      // Not a change of the credential: its version stays, and nobody is told.
      await tenant((tx) =>
        tx.providerCredential.updateMany({ where: { organizationId, id: row.id }, data: lastTest }),
      );
      return { ...result, models: [...result.models] };
    },
  }),
];

/** @throws {ApiProblem} Not a provider that we know. */
function getProvider(providerId: string): Provider {
  const provider = findProvider(providerId);
  if (provider !== undefined) return provider;
  const known = allProviders().map((one) => one.id);
  throw invalidField('body.provider', `must be one of ${known.join(', ')}`, 'not_allowed');
}

function present(row: CredentialRow) {
  return {
    ...row,
    disabledAt: iso(row.disabledAt),
    lastTestedAt: iso(row.lastTestedAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
