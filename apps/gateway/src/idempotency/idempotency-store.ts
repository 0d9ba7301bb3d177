/**
 * What became of requests with an `Idempotency-Key`, in Redis for a day.
 *
 * A key has one of three states: running (a lease that its owner renews, so that a killed gateway frees it
 * within a minute), answered (a whole answer that can be replayed), or finished without one (a stream, a
 * failure, an answer too large to keep: the same request may run again, another one may not). Answers are sealed
 * for their organization; neither keys nor bodies can be read out of what is stored. Losing all of it costs no
 * money: every dispatch is metered whether it was a duplicate or not.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { KeyRing } from '@tollgate/config';
import { openSecret, sealSecret } from '@tollgate/keys';

/** What is needed of Redis; ioredis has it. Rejections mean "cannot tell". */
export interface ScriptRunner {
  eval(script: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/** Who asks, and what. */
export interface IdempotentRequest {
  readonly organizationId: string;
  readonly keyId: string;
  readonly idempotencyKey: string;
  readonly endpoint: string;
  readonly body: Buffer;
}

export interface KeptAnswer {
  readonly requestId: string;
  readonly status: number;
  readonly model: string;
  readonly provider: string;
  /** The body's bytes as Latin-1. */
  readonly text: string;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: IdempotencyClaim }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'another-body' };

export interface IdempotencyStoreOptions {
  readonly redis: ScriptRunner;
  readonly encryptionKeys: KeyRing;
  readonly leaseMs?: number;
  /** How long a request waits for Redis before it goes on without protection. */
  readonly timeoutMs?: number;
  readonly answerMaxBytes?: number;
}

const LIFETIME_MS = 24 * 3_600_000;
const DEFAULTS = { leaseMs: 60_000, timeoutMs: 500, answerMaxBytes: 256 * 1024 };
const FINGERPRINT_LENGTH = 43;

const CLAIM = `
local value = redis.call('GET', KEYS[1])
if value and not (string.sub(value, 1, 1) == 'f' and string.sub(value, 2) == ARGV[1]) then return value end
redis.call('SET', KEYS[1], 'r' .. ARGV[1] .. ARGV[2], 'PX', ARGV[3])
return false`;

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** A lease that ran out may have another owner by now: only one's own, or nobody's, is written over. */
const FINISH = `
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

export class IdempotencyStore {
  readonly #options: IdempotencyStoreOptions & typeof DEFAULTS;

  constructor(options: IdempotencyStoreOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** @throws {Error} Redis cannot tell now. */
  async claim(request: IdempotentRequest): Promise<ClaimResult> {
    const { leaseMs } = this.#options;
    const name = nameOf(request);
    const fingerprint = fingerprintOf(request);
    const token = randomUUID();
    const value = await this.#run(CLAIM, name, fingerprint, token, leaseMs);
    if (typeof value !== 'string') {
      const running = `r${fingerprint}${token}`;
      return { kind: 'claimed', claim: this.#hold(request, name, fingerprint, running) };
    }
    if (value.slice(1, 1 + FINGERPRINT_LENGTH) !== fingerprint) return { kind: 'another-body' };
    if (!value.startsWith('d')) return { kind: 'in-progress' };
    const sealed = Buffer.from(value.slice(1 + FINGERPRINT_LENGTH), 'base64');
    const text = openSecret(this.#options.encryptionKeys, sealContext(request, name), sealed);
    return { kind: 'answered', answer: JSON.parse(text) as KeptAnswer };
  }

  #hold(request: IdempotentRequest, name: string, fingerprint: string, running: string): IdempotencyClaim {
    const { leaseMs, answerMaxBytes, encryptionKeys } = this.#options;
    // The lease outlives a renewal or two that fail; nothing is done about more.
    const renewal = setInterval(() => {
      this.#run(RENEW, name, running, leaseMs).catch(() => undefined);
    }, leaseMs / 3);
    renewal.unref();
    let finished = false;
    const finish = async (value: string): Promise<void> => {
      if (finished) return;
      finished = true;
      clearInterval(renewal);
      await this.#run(FINISH, name, running, value, LIFETIME_MS);
    };
    return {
      answered: (answer) => {
        if (answer.text.length > answerMaxBytes) return finish(`f${fingerprint}`);
        const sealed = sealSecret(encryptionKeys, sealContext(request, name), JSON.stringify(answer));
        return finish(`d${fingerprint}${Buffer.from(sealed).toString('base64')}`);
      },
      finished: () => finish(`f${fingerprint}`),
      withdraw: () => finish(''),
    };
  }

  async #run(script: string, ...keysAndArguments: (string | number)[]): Promise<unknown> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error('Redis did not answer in time')),
      this.#options.timeoutMs,
    );
    try {
      return await Promise.race([this.#options.redis.eval(script, 1, ...keysAndArguments), promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A running request's hold on its key. The first of these calls counts. @throws {Error} Redis is away. */
export interface IdempotencyClaim {
  /** Keeps the answer for replays, unless it is too large. */
  answered(answer: KeptAnswer): Promise<void>;
  /** Something was dispatched, but there is no whole answer: the same request may run again. */
  finished(): Promise<void>;
  /** Nothing was dispatched: as if never asked. */
  withdraw(): Promise<void>;
}

/** Bound to organization and virtual key: the same text elsewhere is another key. */
function nameOf({ organizationId, keyId, idempotencyKey }: IdempotentRequest): string {
  return `tollgate:idempotency:${digest(organizationId, keyId, idempotencyKey)}`;
}

/** Contains the key's text, which is stored nowhere, so that bodies cannot be guessed from it. */
function fingerprintOf({ organizationId, keyId, idempotencyKey, endpoint, body }: IdempotentRequest): string {
  return digest(organizationId, keyId, idempotencyKey, endpoint, body);
}

/** Length-prefixed, so that no two lists give the same bytes. */
function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('base64url');
}

function sealContext({ organizationId }: IdempotentRequest, name: string) {
  return { organizationId, recordId: name, field: 'idempotent-answer', baseUrl: '' };
}
