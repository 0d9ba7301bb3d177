/**
 * Where a request to any provider goes and with which headers, from the registry's data. The body is a codec's work;
 * signatures and bought tokens are an authorizer's (authorization.ts).
 */
import { datedPath, isDatedVersion } from './azure/address.ts';
import { credentialValues, trimBaseUrl } from './credential-fields.ts';
import type { UpstreamAddress } from './openai-compatible/request.ts';
import type { Provider, ProviderEndpoint } from './provider.ts';

export interface UsedCredential {
  readonly baseUrl: string;
  /** As opened. */
  readonly secret: string;
}

export interface AddressedModel {
  /** The provider's name for it; empty for endpoints without one. */
  readonly model: string;
  readonly stream: boolean;
}

/** @returns Undefined: the provider has no such endpoint. */
export function endpointAddress(
  provider: Provider,
  credential: UsedCredential,
  endpoint: ProviderEndpoint,
  { model, stream }: AddressedModel,
): UpstreamAddress | undefined {
  const template = provider.paths[endpoint];
  if (template === undefined) return undefined;
  const url = new URL(trimBaseUrl(provider, credential.baseUrl || provider.baseUrl));
  const text = typeof template === 'string' ? template : stream ? template.stream : template.whole;
  let path = text.replaceAll('{model}', modelInPath(provider, model));
  const { apiVersion } = hasVersions(provider) ? credentialValues(provider, credential.secret) : {};
  if (apiVersion !== undefined && isDatedVersion(apiVersion)) {
    path = datedPath(path, encodeURIComponent(model), apiVersion);
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') + path };
}

/**
 * The provider's own headers and those of the credential. Those of `aws-sigv4` and `google-oauth` come from their
 * authorizer.
 */
export function credentialHeaders(provider: Provider, secret: string): Record<string, string> {
  const headers: Record<string, string> = { ...provider.headers };
  if (secret === '') return headers;
  const values = credentialValues(provider, secret);
  const key = values.apiKey ?? '';
  const { authentication } = provider;
  if (key !== '' && authentication.kind === 'bearer') headers.authorization = `Bearer ${key}`;
  if (key !== '' && authentication.kind === 'header') headers[authentication.name] = key;
  for (const [field, header] of Object.entries(provider.fieldHeaders)) {
    const value = values[field];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

/** Callers may write `models/gemini-…`, as Google's lists have it. A slash stays where the model's name has one. */
function modelInPath(provider: Provider, model: string): string {
  const named = provider.id === 'google' && model.startsWith('models/') ? model.slice(7) : model;
  return encodeURIComponent(named).replaceAll('%40', '@');
}

function hasVersions({ credentialFields }: Provider): boolean {
  return credentialFields.some(({ name }) => name === 'apiVersion');
}
