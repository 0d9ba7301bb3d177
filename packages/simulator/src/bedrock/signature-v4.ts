/**
 * Checks an AWS Signature Version 4 by computing it again from the request as it arrived.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export type SignatureFault =
  | 'missing'
  | 'unknown_key'
  | 'wrong_scope'
  | 'expired'
  | 'mismatch'
  | 'incomplete';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;
const SKEW_MS = 5 * 60 * 1000;

/** Null when the signature is right. */
export function findSignatureFault(
  message: IncomingMessage,
  body: Buffer,
  credentials: AwsCredentials,
  nowMs: number,
): SignatureFault | null {
  const found = AUTHORIZATION.exec(message.headers.authorization ?? '');
  if (found === null) return message.headers.authorization === undefined ? 'missing' : 'incomplete';
  const [, keyId = '', day = '', region = '', service = '', signed = '', signature = ''] = found;
  if (keyId !== credentials.accessKeyId) return 'unknown_key';
  if (service !== 'bedrock') return 'wrong_scope';
  const names = signed.split(';');
  const date = headerOf(message, 'x-amz-date');
  if (!names.includes('host') || !names.includes('x-amz-date') || !date.startsWith(day)) return 'incomplete';
  if (Math.abs(parseDate(date) - nowMs) > SKEW_MS) return 'expired';
  if (!isTokenSigned(message, names, credentials.sessionToken)) return 'unknown_key';
  const hash = sha256(body);
  const declared = headerOf(message, 'x-amz-content-sha256');
  if (declared !== '' && declared !== hash) return 'mismatch';
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    scope,
    sha256(canonicalRequest(message, names, signed, hash)),
  ].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(toSign).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'mismatch';
}

function isTokenSigned(message: IncomingMessage, names: readonly string[], token: string | null): boolean {
  const given = headerOf(message, 'x-amz-security-token');
  if (token === null) return given === '';
  return given === token && names.includes('x-amz-security-token');
}

function canonicalRequest(
  message: IncomingMessage,
  names: readonly string[],
  signed: string,
  hash: string,
): string {
  const url = message.url ?? '/';
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  // The path is encoded once more than it was sent, as for every service but S3.
  const canonicalPath = path.split('/').map(encode).join('/');
  const headers = names
    .map((name) => `${name}:${headerOf(message, name).trim().replace(/ +/g, ' ')}\n`)
    .join('');
  return [
    message.method,
    canonicalPath,
    canonicalQuery(end === -1 ? '' : url.slice(end + 1)),
    headers,
    signed,
    hash,
  ].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function headerOf(message: IncomingMessage, name: string): string {
  const value = message.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function parseDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
