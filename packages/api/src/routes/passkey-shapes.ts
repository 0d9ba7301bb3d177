/** What browsers and their authenticators send and get, as JSON (WebAuthn level 3), bounded. */
import { z } from '@hono/zod-openapi';

const base64url = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

const credentialShape = {
  id: base64url(2_000),
  rawId: base64url(2_000),
  type: z.literal('public-key'),
};

/** What `navigator.credentials.get` answers with. What else is in it is left out. */
export const PasskeyAssertion = z
  .object({
    ...credentialShape,
    response: z.object({
      clientDataJSON: base64url(8_000),
      authenticatorData: base64url(8_000),
      signature: base64url(8_000),
      userHandle: base64url(200).nullish(),
    }),
  })
  .openapi('PasskeyAssertion');

/** What `navigator.credentials.create` answers with. */
export const PasskeyAttestation = z
  .object({
    ...credentialShape,
    response: z.object({
      clientDataJSON: base64url(8_000),
      attestationObject: base64url(64_000),
      transports: z.array(z.string().max(20)).max(10).exactOptional(),
    }),
  })
  .openapi('PasskeyAttestation');

/** For `navigator.credentials`, as JSON. */
export const PasskeyOptions = z
  .object({ options: z.record(z.string(), z.unknown()) })
  .openapi('PasskeyOptions');

export function toAssertion({ response, ...credential }: z.output<typeof PasskeyAssertion>) {
  const { userHandle, ...signed } = response;
  return {
    ...credential,
    response: { ...signed, ...(userHandle == null ? {} : { userHandle }) },
    clientExtensionResults: {},
  };
}

export function toAttestation(attestation: z.output<typeof PasskeyAttestation>) {
  return { ...attestation, clientExtensionResults: {} };
}
