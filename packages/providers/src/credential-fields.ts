/**
 * What a person types for a provider's credential, checked, and as it is kept: one secret, one base URL, a region.
 *
 * A credential that is one key is kept as that key. One of several fields is kept as a JSON object of them, sealed
 * as a whole; `credentialValues` takes either apart again. Not here: sealing (packages/keys), which base URLs are
 * allowed (packages/api), proof at each request (authorization.ts).
 */
import type { CredentialField, Provider } from './provider.ts';
import { findProvider } from './registry.ts';

export interface KeptCredential {
  /** To be sealed; empty where the server wants none. */
  readonly secret: string;
  /** Complete: defaults and fields filled in. Still to be checked for private addresses. */
  readonly baseUrl: string;
  /** Empty: the provider has no regions. */
  readonly region: string;
  /** What may be shown of it: a few characters at the ends, or the name of the account. */
  readonly hint: string;
}

export type ParsedCredential =
  | { readonly ok: true; readonly credential: KeptCredential }
  /** In words that follow the name of the field: `must be given`. */
  | { readonly ok: false; readonly errors: readonly { readonly field: string; readonly message: string }[] };

const MAX_LENGTH: Readonly<Record<CredentialField['kind'], number>> = {
  secret: 4_096,
  text: 256,
  json: 16_384,
  url: 2_048,
};
// What cannot stand in a header would fail at every use.
const PRINTABLE = /^[\x21-\x7e]+$/;
// Fields stand in host names, paths and headers.
const PLAIN_TEXT = /^[\w.:@/-]+$/;
/** Of a template: `{region}` in a host name. */
const NAME_IN_HOST = /^[a-z0-9-]+$/i;

/** @param providerId An id or alias. @param fields Empty text counts as absent. Never throws. */
export function parseCredentialFields(
  providerId: string,
  fields: Readonly<Record<string, unknown>>,
): ParsedCredential {
  const provider = findProvider(providerId);
  if (provider === undefined) return refuse('provider', 'is not known');
  const errors: { field: string; message: string }[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(fields)) {
    if (!provider.credentialFields.some((field) => field.name === name)) {
      errors.push({ field: name.slice(0, 64), message: `is not a field of ${provider.displayName}` });
    }
  }
  for (const field of provider.credentialFields) {
    const given = fields[field.name];
    const text = typeof given === 'string' ? given.trim() : '';
    if (given !== undefined && given !== null && typeof given !== 'string') {
      errors.push({ field: field.name, message: 'must be text' });
    } else if (text === '') {
      if (field.required) errors.push({ field: field.name, message: 'must be given' });
    } else {
      const message = faultOf(field, text);
      if (message === undefined) values[field.name] = text;
      else errors.push({ field: field.name, message });
    }
  }
  if (errors.length > 0) return { ok: false, errors };
  const missing = missingOfKinds(provider, values);
  if (missing !== undefined) return missing;
  return keep(provider, values);
}

/**
 * The fields of a kept credential by name, without the base URL.
 *
 * @param secret As opened. One that is no JSON object of fields is the API key itself.
 */
export function credentialValues(provider: Provider, secret: string): Readonly<Record<string, string>> {
  if (secret === '') return {};
  if (isKeptWhole(provider)) return { apiKey: secret };
  const parsed = parseObject(secret);
  if (parsed === undefined) return { apiKey: secret };
  // A service account's file, stored alone, is the field that takes it.
  const jsonField = provider.credentialFields.find(({ kind }) => kind === 'json');
  if (jsonField !== undefined && 'private_key' in parsed) return { [jsonField.name]: secret };
  const values: Record<string, string> = {};
  for (const { name } of provider.credentialFields) {
    const value = parsed[name];
    if (typeof value === 'string') values[name] = value;
  }
  return values;
}

/** Every text in it that must never be shown, for `redact`: keys, tokens, the lines of a private key. */
export function credentialSecrets(provider: Provider, secret: string): readonly string[] {
  const values = credentialValues(provider, secret);
  const secrets = secret === '' ? [] : [secret];
  for (const { name, kind } of provider.credentialFields) {
    const value = values[name];
    if (value === undefined || kind === 'text' || kind === 'url') continue;
    if (!secrets.includes(value)) secrets.push(value);
    const key = kind === 'json' ? parseObject(value)?.private_key : undefined;
    if (typeof key === 'string') secrets.push(key);
  }
  return secrets;
}

function faultOf({ kind, name }: CredentialField, text: string): string | undefined {
  if (text.length > MAX_LENGTH[kind]) return `must have at most ${MAX_LENGTH[kind]} characters`;
  switch (kind) {
    case 'secret':
      return PRINTABLE.test(text) ? undefined : 'must be printable ASCII without spaces';
    case 'text':
      if (name === 'region' && !NAME_IN_HOST.test(text)) return 'must be the name of a region';
      return PLAIN_TEXT.test(text) ? undefined : 'must be letters, digits and . _ : @ / -';
    case 'url':
      return URL.canParse(text) && /^https?:/i.test(text) ? undefined : 'must be a URL';
    case 'json':
      return faultOfServiceAccount(text);
  }
}

function faultOfServiceAccount(text: string): string | undefined {
  const parsed = parseObject(text);
  if (parsed === undefined) return 'must be a JSON object';
  for (const name of ['client_email', 'private_key']) {
    if (typeof parsed[name] !== 'string' || parsed[name] === '') return `must hold "${name}"`;
  }
  return undefined;
}

/** Of several kinds of credential one must be complete, and none begun that is not. */
function missingOfKinds(
  provider: Provider,
  values: Readonly<Record<string, string>>,
): ParsedCredential | undefined {
  const kinds = provider.credentialKinds;
  if (kinds.length === 0) return undefined;
  const isGiven = (name: string): boolean => values[name] !== undefined;
  const begun = kinds.filter((names) => names.some(isGiven));
  if (begun.length === 0) {
    return refuse(kinds[0]?.[0] ?? '', `must be given, or instead ${(kinds[1] ?? []).join(' and ')}`);
  }
  if (begun.length > 1) return refuse(begun[1]?.[0] ?? '', `must not be given with ${begun[0]?.[0] ?? ''}`);
  const absent = begun[0]?.find((name) => !isGiven(name));
  return absent === undefined ? undefined : refuse(absent, 'must be given');
}

function keep(provider: Provider, values: Readonly<Record<string, string>>): ParsedCredential {
  const { baseUrl: given, ...rest } = values;
  const region = values.region ?? '';
  const baseUrl = given === undefined ? fillTemplate(provider, values) : trimBaseUrl(provider, given);
  if (baseUrl === undefined) return refuse('project', 'must be given, because the key names none');
  if (baseUrl === '') return refuse('baseUrl', 'must be given');
  const secret = isKeptWhole(provider) ? (rest.apiKey ?? '') : JSON.stringify(rest);
  return { ok: true, credential: { secret, baseUrl, region, hint: hintOf(provider, rest) } };
}

/** One key, with or without an address: nothing that JSON would be needed for. */
function isKeptWhole({ credentialFields }: Provider): boolean {
  return credentialFields.every(({ name }) => name === 'apiKey' || name === 'baseUrl');
}

/** @returns Undefined where a field that the address needs is missing. */
function fillTemplate(provider: Provider, values: Readonly<Record<string, string>>): string | undefined {
  const derived = { ...values, ...googlePlace(values) };
  return fillFields(provider.baseUrl, derived);
}

/** Every `{field}` filled in, encoded. @returns Undefined where one is missing. */
export function fillFields(template: string, values: Readonly<Record<string, string>>): string | undefined {
  let complete = true;
  const filled = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) complete = false;
    return value === undefined ? whole : encodeURIComponent(value);
  });
  return complete ? filled : undefined;
}

/** Vertex: the project of the key unless another is named, and the host of the location. */
function googlePlace(values: Readonly<Record<string, string>>): Record<string, string> {
  const { serviceAccount, region } = values;
  if (serviceAccount === undefined || region === undefined) return {};
  const project = values.project ?? parseObject(serviceAccount)?.project_id;
  return {
    host: googleHost(region),
    ...(typeof project === 'string' ? { project } : {}),
  };
}

/** The two multi-regions have hosts of another form. */
function googleHost(region: string): string {
  if (region === 'global') return 'aiplatform.googleapis.com';
  if (region === 'us' || region === 'eu') return `aiplatform.${region}.rep.googleapis.com`;
  return `${region}-aiplatform.googleapis.com`;
}

/** Without slashes at the end, and without what the provider's paths say again. */
export function trimBaseUrl({ redundantSuffix }: Provider, baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/+$/, '');
  return redundantSuffix !== undefined && trimmed.endsWith(redundantSuffix)
    ? trimmed.slice(0, -redundantSuffix.length)
    : trimmed;
}

function hintOf(provider: Provider, values: Readonly<Record<string, string>>): string {
  for (const { name, kind } of provider.credentialFields) {
    const value = values[name];
    if (value === undefined || name === 'region') continue;
    if (kind === 'json') return String(parseObject(value)?.client_email ?? '').slice(0, 128);
    // Short keys would be given away by their ends.
    if (kind === 'secret' || name === 'accessKeyId') {
      return value.length < 16 ? '…' : `${value.slice(0, 3)}…${value.slice(-4)}`;
    }
  }
  return '';
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(field: string, message: string): ParsedCredential {
  return { ok: false, errors: [{ field, message }] };
}
