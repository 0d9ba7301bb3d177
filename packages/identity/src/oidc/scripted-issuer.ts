/** An issuer for tests that answers whatever a test wants it to, over a real connection. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Answer = object | ((request: IncomingMessage, response: ServerResponse) => void);

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

export interface ScriptedIssuer {
  readonly origin: string;
  readonly asked: Asked[];
  /** By path. */
  answers: Record<string, Answer>;
  close(): Promise<void>;
}

export async function startScriptedIssuer(): Promise<ScriptedIssuer> {
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    const form = new URLSearchParams(await text(request));
    issuer.asked.push({ path, authorization: headers.authorization, form });
    const answer = issuer.answers[path] ?? status(404);
    if (typeof answer === 'function') return answer(request, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: ScriptedIssuer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answers: {},
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

export function status(code: number, body: object = {}, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function redirectTo(location: string): Answer {
  return status(302, {}, { location });
}

export function metadataOf(origin: string): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
    userinfo_endpoint: `${origin}/userinfo`,
  };
}

export const CONFIGURATION = '/.well-known/openid-configuration';
export const ownKey = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2_048 });

export function jwk(key: KeyObject, kid: string): Record<string, unknown> {
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig' };
}

export function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function signToken(claims: object, header: object = {}, key: KeyObject = ownKey.privateKey): string {
  const signed = `${part({ alg: 'RS256', kid: 'one', ...header })}.${part(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(key).toString('base64url')}`;
}

/** @returns Its code; `taken` where nothing was refused. */
export function codeOf(answer: Promise<unknown>): Promise<string | undefined> {
  return answer.then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  );
}
