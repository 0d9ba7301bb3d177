/**
 * What clients send of a credential, checked by the provider's own fields, and as it is kept.
 *
 * `fields` has them by name; `apiKey`, `baseUrl` and `region` beside it are the short form for providers that need no
 * more. A change may leave out what stays; but no stored secret goes to another address.
 */
import { credentialValues, type Provider, parseCredentialFields } from '@tollgate/providers';
import type { FieldCode } from '../framework/field-errors.ts';
import { ApiProblem, type FieldError, invalidField } from '../framework/problem.ts';
import { parseBaseUrl } from './base-url.ts';

export interface CredentialInput {
  readonly fields?: Readonly<Record<string, string | null>> | undefined;
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly region?: string | undefined;
}

export interface KeptInput {
  readonly secret: string;
  readonly hint: string;
  readonly baseUrl: string;
  /** Undefined: the provider's fields name none. */
  readonly region: string | undefined;
}

export interface ChangedInput extends KeptInput {
  /** A key is another one than before; else only what is sealed beside it, or nothing. */
  readonly replaced: boolean;
}

export interface StoredCredential {
  readonly secret: string;
  readonly baseUrl: string;
}

type Values = Readonly<Record<string, string | null>>;

/** @throws {ApiProblem} `invalid_request`, with every field at fault. */
export function readNewCredential(
  provider: Provider,
  input: CredentialInput,
  allowedPrivateOrigins: readonly string[],
): KeptInput {
  return keep(provider, input, givenValues(provider, input), allowedPrivateOrigins);
}

/**
 * @returns Undefined: nothing of it changes.
 * @throws {ApiProblem} As above; `secret_needed` where a stored secret would go to another address.
 */
export function readCredentialChange(
  provider: Provider,
  input: CredentialInput,
  stored: StoredCredential,
  allowedPrivateOrigins: readonly string[],
): ChangedInput | undefined {
  const given = givenValues(provider, input);
  if (Object.keys(given).length === 0) return undefined;
  const before: Values = credentialValues(provider, stored.secret);
  const merged = { ...before, ...ownAddress(provider, before, stored.baseUrl), ...given };
  const kept = keep(provider, input, merged, allowedPrivateOrigins);
  if (kept.baseUrl !== stored.baseUrl) assertSecretsGiven(provider, input, before, given);
  const after: Values = credentialValues(provider, kept.secret);
  const replaced = secretNames(provider).some((name) => after[name] !== before[name]);
  return { ...kept, replaced };
}

function secretNames(provider: Provider): string[] {
  return provider.credentialFields
    .filter(({ kind }) => kind === 'secret' || kind === 'json')
    .map(({ name }) => name);
}

function givenValues(provider: Provider, { fields, apiKey, baseUrl, region }: CredentialInput): Values {
  const has = (name: string) => provider.credentialFields.some((field) => field.name === name);
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(region === undefined || !has('region') ? {} : { region }),
    // Empty text leaves what is there; null removes it.
    ...Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== '')),
  };
}

/** The address, unless it follows from the other fields: then it must follow them to another region. */
function ownAddress(provider: Provider, values: Values, baseUrl: string): Values {
  if (!provider.credentialFields.some(({ name }) => name === 'baseUrl')) return {};
  const derived = parseCredentialFields(provider.id, values);
  return derived.ok && derived.credential.baseUrl === baseUrl ? {} : { baseUrl };
}

function keep(
  provider: Provider,
  input: CredentialInput,
  values: Values,
  allowedPrivateOrigins: readonly string[],
): KeptInput {
  const parsed = parseCredentialFields(provider.id, values);
  if (!parsed.ok) {
    throw refuse(
      parsed.errors.map(({ field, message }) => ({
        path: pathOf(input, field),
        message,
        code: codeOf(provider, field, values[field]),
      })),
    );
  }
  const { secret, hint, baseUrl, region } = parsed.credential;
  return {
    secret,
    hint,
    baseUrl: parseBaseUrl(baseUrl, allowedPrivateOrigins, pathOf(input, 'baseUrl')),
    region: region === '' ? undefined : region,
  };
}

function assertSecretsGiven(provider: Provider, input: CredentialInput, before: Values, given: Values): void {
  const kept = secretNames(provider).find((name) => before[name] !== undefined && given[name] === undefined);
  if (kept === undefined) return;
  const message = 'must be given again, because the base URL changes';
  throw invalidField(pathOf(input, kept), message, 'secret_needed');
}

/** Where the client wrote it, or would have. */
function pathOf({ fields }: CredentialInput, field: string): string {
  return fields === undefined ? `body.${field}` : `body.fields.${field}`;
}

function codeOf(provider: Provider, field: string, value: string | null | undefined): FieldCode {
  if (!provider.credentialFields.some(({ name }) => name === field)) return 'unknown_field';
  return value === undefined || value === null || value.trim() === '' ? 'required' : 'wrong_format';
}

function refuse(errors: readonly FieldError[]): ApiProblem {
  const [first] = errors;
  return new ApiProblem('invalid_request', `Cannot use ${first?.path}: ${first?.message}`, { errors });
}
