/** What an issuer says of itself (OpenID Connect Discovery), and what is wrong with it. */
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto';
import { isPrivateHost } from '@tollgate/providers/outbound';
import type { AuthorizationServer } from 'oauth4webapi';
import { askIssuer, MAX_KEPT_BYTES, type OidcNetwork, parseObject, TOO_LONG } from './network.ts';

/** By key pairs alone, so that whoever can check a signature can make none. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const CLIENT_AUTHENTICATIONS = ['client_secret_basic', 'client_secret_post'];
const MIN_RSA_BITS = 2_048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

export type MetadataProblemCode =
  | 'unreachable'
  | 'private_address'
  | 'not_found'
  | 'no_metadata'
  | 'other_issuer'
  | 'missing'
  | 'not_https'
  | 'no_code_flow'
  | 'no_s256'
  | 'no_signatures'
  | 'no_client_authentication';

export interface MetadataProblem {
  readonly field: string;
  readonly code: MetadataProblemCode;
  readonly message: string;
  readonly found: string | null;
}

export function metadataUrlOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

type Found = Readonly<Record<string, unknown>>;

/** @returns Nothing where everything is there that a sign-in needs. */
export function judgeMetadata(issuer: string, found: Found, network: OidcNetwork): MetadataProblem[] {
  return [
    ...judgeIssuer(issuer, found),
    ...['authorization_endpoint', 'token_endpoint', 'jwks_uri'].flatMap((field) =>
      judgeEndpoint(field, found[field], network),
    ),
    ...(found.userinfo_endpoint === undefined
      ? []
      : judgeEndpoint('userinfo_endpoint', found.userinfo_endpoint, network)),
    ...judgeList(found, 'response_types_supported', ['code'], 'no_code_flow', 'must hold `code`'),
    ...judgeList(
      found,
      'code_challenge_methods_supported',
      ['S256'],
      'no_s256',
      'must hold `S256`, or be left out',
    ),
    ...judgeList(
      found,
      'id_token_signing_alg_values_supported',
      ALGORITHMS,
      'no_signatures',
      'must hold a signature by a key pair, as RS256 or ES256',
    ),
    ...judgeList(
      found,
      'token_endpoint_auth_methods_supported',
      CLIENT_AUTHENTICATIONS,
      'no_client_authentication',
      'must hold client_secret_basic or client_secret_post',
    ),
  ];
}

function judgeIssuer(issuer: string, found: Found): MetadataProblem[] {
  if (found.issuer === issuer) return [];
  const message = `must be ${issuer}, to the letter`;
  return [{ field: 'issuer', code: 'other_issuer', message, found: show(found.issuer) }];
}

function judgeEndpoint(field: string, value: unknown, network: OidcNetwork): MetadataProblem[] {
  const url = typeof value === 'string' && value.length <= 2_048 ? URL.parse(value) : null;
  if (url === null) return [{ field, code: 'missing', message: 'must be a URL', found: show(value) }];
  // A blob: has the origin of what it is of.
  if (/^https?:$/.test(url.protocol) && network.allowedPrivateOrigins.includes(url.origin)) return [];
  if (url.protocol !== 'https:') {
    return [{ field, code: 'not_https', message: 'must begin with https://', found: show(value) }];
  }
  if (!isPrivateHost(url.hostname)) return [];
  return [{ field, code: 'private_address', message: 'must not be a private address', found: show(value) }];
}

/** What is not said is not wrong: many issuers leave these lists out. */
function judgeList(
  found: Found,
  field: string,
  wanted: readonly string[],
  code: MetadataProblemCode,
  message: string,
): MetadataProblem[] {
  const list = found[field];
  if (list === undefined) return [];
  if (Array.isArray(list) && list.some((value) => wanted.includes(String(value)))) return [];
  return [{ field, code, message, found: show(list) }];
}

function show(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .slice(0, 200);
}

/**
 * What of it a sign-in uses, of metadata without problems.
 *
 * Signatures are those of its list that we take; without a list all that we take, where the library would take one.
 */
export function readMetadata(found: AuthorizationServer): AuthorizationServer {
  const {
    token_endpoint_auth_methods_supported: methods,
    id_token_signing_alg_values_supported: algorithms = ALGORITHMS,
    userinfo_endpoint: userinfo,
  } = found;
  return {
    issuer: String(found.issuer),
    authorization_endpoint: String(found.authorization_endpoint),
    token_endpoint: String(found.token_endpoint),
    jwks_uri: String(found.jwks_uri),
    ...(userinfo === undefined ? {} : { userinfo_endpoint: userinfo }),
    ...(methods === undefined
      ? {}
      : {
          token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATIONS.filter((one) =>
            methods.includes(one),
          ),
        }),
    id_token_signing_alg_values_supported: ALGORITHMS.filter((one) => algorithms.includes(one)),
    authorization_response_iss_parameter_supported:
      found.authorization_response_iss_parameter_supported === true,
  };
}

export interface IssuerInspection {
  readonly ok: boolean;
  readonly problems: readonly MetadataProblem[];
  readonly metadataUrl: string;
}

/** Asks an issuer for all that a sign-in asks it for. Never throws: what goes wrong is the answer. */
export async function inspectIssuer(network: OidcNetwork, issuer: string): Promise<IssuerInspection> {
  const metadataUrl = metadataUrlOf(issuer);
  const read = await readJson(network, metadataUrl, 'issuer');
  if ('code' in read) return { ok: false, problems: [read], metadataUrl };
  const problems = judgeMetadata(issuer, read.found, network);
  if (!problems.some(({ field }) => field === 'jwks_uri')) {
    problems.push(...(await inspectKeys(network, String(read.found.jwks_uri))));
  }
  return { ok: problems.length === 0, problems, metadataUrl };
}

async function inspectKeys(network: OidcNetwork, jwksUri: string): Promise<MetadataProblem[]> {
  const read = await readJson(network, jwksUri, 'jwks_uri');
  if ('code' in read) return [read];
  const { keys } = read.found;
  if (Array.isArray(keys) && keys.some(isUsableKey)) return [];
  const message = 'must hold a public key for signatures (RSA with 2048 bits, an elliptic curve, Ed25519)';
  return [{ field: 'jwks_uri', code: 'no_signatures', message, found: null }];
}

/** What the library could check a signature by. */
function isUsableKey(jwk: unknown): boolean {
  const { use } = (jwk ?? {}) as { use?: unknown };
  if (use !== undefined && use !== 'sig') return false;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput);
    if (key.asymmetricKeyType === 'rsa')
      return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
    return key.asymmetricKeyType === 'ed25519' || CURVES.includes(key.asymmetricKeyDetails?.namedCurve ?? '');
  } catch {
    return false;
  }
}

async function readJson(
  network: OidcNetwork,
  url: string,
  field: string,
): Promise<{ readonly found: Found } | MetadataProblem> {
  try {
    const { status, text } = await askIssuer(network, url, {}, MAX_KEPT_BYTES);
    if (status === 404) {
      return { field, code: 'not_found', message: `there is nothing at ${url}`, found: '404' };
    }
    if (status !== 200) {
      return { field, code: 'unreachable', message: `must answer 200 at ${url}`, found: String(status) };
    }
    const found = parseObject(text);
    return found === undefined
      ? { field, code: 'no_metadata', message: `must be JSON at ${url}`, found: null }
      : { found };
  } catch (error) {
    return explainFailure(field, url, String((error as { code?: unknown }).code));
  }
}

function explainFailure(field: string, url: string, code: string): MetadataProblem {
  switch (code) {
    case 'TOLLGATE_PRIVATE_ADDRESS':
      return { field, code: 'private_address', message: 'must not be a private address', found: null };
    case 'TOLLGATE_NOT_HTTPS':
      return { field, code: 'not_https', message: 'must begin with https://', found: null };
    case TOO_LONG: {
      const message = `must be JSON of at most ${MAX_KEPT_BYTES / 1_024} KiB at ${url}`;
      return { field, code: 'no_metadata', message, found: null };
    }
    default:
      return { field, code: 'unreachable', message: `does not answer at ${url}`, found: null };
  }
}
