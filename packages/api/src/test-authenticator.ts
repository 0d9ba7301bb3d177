/** An authenticator in software, for tests: makes passkeys (ES256) and answers with them, or does it wrong on wish. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { TEST_ORIGIN } from './test-api.ts';

export interface Answering {
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether the person was asked for a finger or a PIN. */
  readonly userVerified?: boolean;
  /** What it counts; otherwise one more than before. */
  readonly counter?: number;
  readonly userHandle?: string;
}

interface CreationOptions {
  readonly challenge: string;
  readonly user: { readonly id: string };
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

export class TestAuthenticator {
  readonly #id = randomBytes(24);
  readonly #privateKey: KeyObject;
  readonly #coseKey: Buffer;
  #userHandle = Buffer.from('nobody').toString('base64url');
  #counter = 0;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = privateKey;
    this.#coseKey = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
  }

  /** As `navigator.credentials.create` does. */
  create(options: CreationOptions, how: Answering = {}): Record<string, unknown> {
    this.#userHandle = options.user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.#id, this.#coseKey]);
    const authData = Buffer.concat([this.#authenticatorData(how, ATTESTED), attested]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return this.#credential({
      clientDataJSON: clientData('webauthn.create', options.challenge, how),
      attestationObject: cbor(attestation).toString('base64url'),
      transports: ['internal'],
    });
  }

  /** As `navigator.credentials.get` does. */
  get(options: { readonly challenge: string }, how: Answering = {}): Record<string, unknown> {
    this.#counter += 1;
    const clientDataJSON = clientData('webauthn.get', options.challenge, how);
    const authData = this.#authenticatorData(how, 0);
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    return this.#credential({
      clientDataJSON,
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', Buffer.concat([authData, hash]), this.#privateKey).toString('base64url'),
      userHandle: how.userHandle ?? this.#userHandle,
    });
  }

  #credential(response: Record<string, unknown>): Record<string, unknown> {
    const id = this.#id.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #authenticatorData({ rpId = 'localhost', userVerified = true, counter }: Answering, flags: number): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(USER_PRESENT | (userVerified ? USER_VERIFIED : 0) | flags);
    head.writeUInt32BE(counter ?? this.#counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head]);
  }
}

function clientData(type: string, challenge: string, { origin = TEST_ORIGIN }: Answering): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url');
}

/** As much of RFC 8949 as a credential needs. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const pairs = [...value].flatMap(([key, each]) => [cbor(key), cbor(each)]);
    return Buffer.concat([head(5, value.size), ...pairs]);
  }
  throw new TypeError(`Cannot encode: only numbers, bytes, text and maps are known, got ${typeof value}`);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff]);
}
