/**
 * The routes of credentials: the same acts, checks, events and notes to gateways for an organization's own and for those
 * that the operator resells, which are the operator's organization's own.
 */
import { z } from '@hono/zod-openapi';
import { allProviders, findProvider, type Provider } from '@tollgate/providers';
import type { ApiOptions } from '../framework/api-context.ts';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, idParam, name, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { readCredentialChange, readNewCredential } from './credential-input.ts';
import {
  ConnectionTest,
  credentialInput,
  ProviderCredential,
  presentCredential,
} from './credential-shapes.ts';
import {
  deleteCredential,
  getCredential,
  insertCredential,
  lockCredential,
  openCredential,
  updateCredential,
} from './credential-store.ts';
import { testConnection } from './test-connection.ts';

/** Whose credentials they are, and who may. The rest is the same everywhere. */
export interface CredentialPlace {
  readonly path: `/${string}`;
  readonly tag: string;
  readonly read: 'provider-credentials:read' | 'operator';
  readonly write: 'provider-credentials:write' | 'operator';
  /** Of every change, and of sending the key to its provider. */
  readonly recentSignIn: boolean;
  readonly summaries: Readonly<Record<'list' | 'create' | 'read' | 'change' | 'remove' | 'test', string>>;
}

export function credentialRoutes({
  path,
  tag,
  read,
  write,
  recentSignIn,
  summaries,
}: CredentialPlace): AnyRoute[] {
  return [
    route({
      method: 'get',
      path,
      tag,
      summary: summaries.list,
      access: read,
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
        return toPage(rows, query.limit, (row) => [row.id], presentCredential);
      },
    }),
    route({
      method: 'post',
      path,
      tag,
      summary: summaries.create,
      access: write,
      recentSignIn,
      body: z.strictObject({ provider: text(64), name, ...credentialInput }),
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
        const kept = readNewCredential(provider, body, originsFor(write, context.settings));
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
        return presentCredential(row);
      },
    }),
    route({
      method: 'get',
      path: `${path}/{id}`,
      tag,
      summary: summaries.read,
      access: read,
      params: idParam,
      response: ProviderCredential,
      run: async ({ tx, organizationId, params, headers }) => {
        const row = await getCredential(tx, organizationId, params.id);
        setEtag(headers, row.version);
        return presentCredential(row);
      },
    }),
    route({
      method: 'patch',
      path: `${path}/{id}`,
      tag,
      summary: summaries.change,
      access: write,
      recentSignIn,
      params: idParam,
      body: z.strictObject({
        name: name.exactOptional(),
        disabled: z.boolean().exactOptional(),
        ...credentialInput,
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
          originsFor(write, context.settings),
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
        return presentCredential(row);
      },
    }),
    route({
      method: 'delete',
      path: `${path}/{id}`,
      tag,
      summary: summaries.remove,
      access: write,
      recentSignIn,
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
      path: `${path}/{id}/test`,
      tag,
      summary: summaries.test,
      access: write,
      recentSignIn,
      params: idParam,
      response: ConnectionTest,
      detached: true,
      throttle: { limit: 30, windowSeconds: 60 },
      run: async ({ context, tenant, organizationId, params, nowMs }) => {
        const row = await tenant((tx) => getCredential(tx, organizationId, params.id));
        const target = { ...row, secret: openCredential(context.encryptionKeys, row) };
        const result = await testConnection(target, originsFor(write, context.settings), nowMs);
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
}

/** @throws {ApiProblem} Not a provider that we know. */
function getProvider(providerId: string): Provider {
  const provider = findProvider(providerId);
  if (provider !== undefined) return provider;
  const known = allProviders().map((one) => one.id);
  throw invalidField('body.provider', `must be one of ${known.join(', ')}`, 'not_allowed');
}

/** A model server of the operator's own may be reached by what is resold of it, not by everybody's credentials. */
function originsFor(
  write: CredentialPlace['write'],
  { allowedPrivateOrigins, operatorPrivateOrigins = [] }: ApiOptions['settings'],
): readonly string[] {
  return write === 'operator' ? [...allowedPrivateOrigins, ...operatorPrivateOrigins] : allowedPrivateOrigins;
}
