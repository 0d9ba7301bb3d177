/** Payloads at rest: compressed, then sealed for one organization and one request. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { KeyRing } from '@tollgate/config';
import { openBytes, sealBytes } from '@tollgate/keys';
import type { Payload } from './payload.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** What was never longer than two cut bodies in JSON, each byte of them escaped. */
const MAX_EXPANDED_BYTES = 8 * 1024 * 1024;

export interface PayloadPlace {
  readonly organizationId: string;
  readonly requestId: string;
}

export async function sealPayload(
  ring: KeyRing,
  place: PayloadPlace,
  payload: Payload,
): Promise<Uint8Array<ArrayBuffer>> {
  return sealBytes(ring, contextOf(place), await compress(JSON.stringify(payload)));
}

/** @throws {SealedSecretError} It belongs elsewhere, or its key is gone. */
export async function openPayload(ring: KeyRing, place: PayloadPlace, sealed: Uint8Array): Promise<Payload> {
  const text = await expand(openBytes(ring, contextOf(place), sealed), {
    maxOutputLength: MAX_EXPANDED_BYTES,
  });
  return JSON.parse(text.toString('utf8')) as Payload;
}

function contextOf({ organizationId, requestId }: PayloadPlace) {
  return { organizationId, recordId: requestId, field: 'payload', baseUrl: '' };
}
