/**
 * The request that tells whether a credential works, for every provider, and what its answer means. Sending it is
 * the caller's (packages/api), with an authorizer where the provider wants signatures or bought tokens.
 */

import { datedPath, isDatedVersion } from './azure/address.ts';
import { credentialValues, fillFields, trimBaseUrl } from './credential-fields.ts';
import type { Provider } from './provider.ts';
import { credentialHeaders, type UsedCredential } from './upstream-request.ts';

export interface TestRequest {
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  /** All but what an authorizer adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether an answer with this status says that the credential is good. */
  isGood(status: number): boolean;
  /** Whether the answer to a good one lists models; then `readModelList` must find them. */
  readonly listsModels: boolean;
}

export interface TestedCredential extends UsedCredential {
  readonly region?: string;
}

export function testRequestOf(provider: Provider, credential: TestedCredential): TestRequest {
  const values = credentialValues(provider, credential.secret);
  const named = { ...(credential.region ? { region: credential.region } : {}), ...values };
  const probe = provider.probe ?? {
    method: 'GET' as const,
    path: pathOfModels(provider, values.apiVersion),
    listsModels: true,
  };
  const template = /^https?:/.test(probe.path)
    ? probe.path
    : `${trimBaseUrl(provider, credential.baseUrl || provider.baseUrl)}${probe.path}`;
  const url = new URL(fillFields(template, named) ?? template);
  const body = probe.body ?? '';
  return {
    method: probe.method,
    origin: url.origin,
    path: url.pathname + url.search,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'tollgate',
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...credentialHeaders(provider, credential.secret),
    },
    body,
    isGood: (status) => status === 200 || (probe.goodStatuses ?? []).includes(status),
    listsModels: probe.listsModels,
  };
}

function pathOfModels(provider: Provider, apiVersion: string | undefined): string {
  const { models } = provider.paths;
  const path = typeof models === 'string' ? models : '/models';
  return apiVersion !== undefined && isDatedVersion(apiVersion) ? datedPath(path, '', apiVersion) : path;
}

const MAX_NAME_LENGTH = 256;

/**
 * Names of models from a list in any of the shapes that providers have: OpenAI's and Anthropic's `data`, Google's
 * and Cohere's `models`, Bedrock's `modelSummaries`, Together's bare array.
 *
 * @returns Undefined where the text is no such list.
 */
export function readModelList(text: string): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = Array.isArray(parsed) ? parsed : listIn(parsed);
  if (list === undefined) return undefined;
  const names: string[] = [];
  for (const entry of list) {
    const { id, name, modelId } = (entry ?? {}) as { id?: unknown; name?: unknown; modelId?: unknown };
    const named = id ?? modelId ?? name;
    if (typeof named !== 'string' || named === '' || named.length > MAX_NAME_LENGTH) return undefined;
    names.push(named.startsWith('models/') ? named.slice('models/'.length) : named);
  }
  return names;
}

function listIn(parsed: unknown): readonly unknown[] | undefined {
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { data, models, modelSummaries } = parsed as Record<string, unknown>;
  const list = data ?? models ?? modelSummaries;
  return Array.isArray(list) ? list : undefined;
}
