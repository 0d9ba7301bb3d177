/**
 * Proof for Amazon Bedrock: AWS Signature Version 4 by AWS's own library, or a Bedrock API key as a bearer.
 *
 * The whole request is signed, its body included, so that nothing may be changed behind it.
 */
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';
import { headerAuthorizer, type UnsignedRequest, type UpstreamAuthorizer } from '../authorization.ts';

const text = z.string().min(1).max(4_096);

export const awsCredentialSchema = z.union([
  z.object({
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text.exactOptional(),
    region: z.string().regex(/^[a-z0-9-]{1,64}$/),
  }),
  z.object({ apiKey: text }),
]);

export type AwsCredential = z.infer<typeof awsCredentialSchema>;

/** @param service The name that signatures are made for; `bedrock` for bedrock-runtime too. */
export function awsAuthorizer(credential: AwsCredential, service = 'bedrock'): UpstreamAuthorizer {
  if ('apiKey' in credential) {
    return headerAuthorizer('authorization', `Bearer ${credential.apiKey}`, credential.apiKey);
  }
  const { region, sessionToken, ...keys } = credential;
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  return {
    authorize: async (request) => sign(signer, request),
    secrets: () => [
      keys.secretAccessKey,
      keys.accessKeyId,
      ...(sessionToken === undefined ? [] : [sessionToken]),
    ],
  };
}

async function sign(
  signer: SignatureV4,
  request: UnsignedRequest,
): Promise<Readonly<Record<string, string>>> {
  const url = new URL(request.origin);
  const [path = '/', query = ''] = splitOnce(request.path, '?');
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path,
      query: readQuery(query),
      headers: { ...request.headers, host: url.host },
      body: request.body,
    },
    { signingDate: new Date(request.nowMs) },
  );
  // The connection writes the host itself, and the same one.
  const { host: _, ...headers } = signed.headers;
  return headers;
}

function splitOnce(path: string, separator: string): readonly string[] {
  const at = path.indexOf(separator);
  return at === -1 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

function readQuery(query: string): Record<string, string | string[]> {
  const bag: Record<string, string | string[]> = {};
  for (const name of new Set(new URLSearchParams(query).keys())) {
    const values = new URLSearchParams(query).getAll(name);
    bag[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return bag;
}
