/**
 * Verifies an exported log with nothing but the file: no database, no network, no key of the installation.
 *
 * Names every line at which it does not hold. Against somebody who writes the whole file anew only the signature of its
 * end helps, and that only where `publicKey` is known from before: so the fingerprint of the key is told.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { type ChainedEvent, sealHash } from './chain.ts';
import { checkpointText } from './checkpoint-text.ts';

export type ExportProblemKind =
  | 'not-a-log'
  | 'line-unreadable'
  | 'event-changed'
  | 'event-missing'
  | 'event-reordered'
  | 'tail-missing'
  | 'signature-invalid';

export interface ExportProblem {
  readonly kind: ExportProblemKind;
  /** In the file, from 1. */
  readonly line: number;
  /** In the chain; undefined where the line has none. */
  readonly sequence?: bigint;
}

export interface ExportReport {
  readonly ok: boolean;
  readonly organizationId: string;
  readonly verifiedEvents: number;
  readonly headSequence: bigint;
  readonly headHash: string;
  /** SHA-256 of the public key (SPKI, DER), hex. */
  readonly keyFingerprint: string;
  readonly problems: readonly ExportProblem[];
}

const text = z.string();
const place = z.string().regex(/^\d{1,18}$/);
const Log = z.object({
  type: z.literal('log'),
  format: z.literal('tollgate-audit-1'),
  organizationId: text,
  afterSequence: place,
  previousHash: text,
  publicKey: text,
});
const Event = z.object({
  type: z.literal('event'),
  sequence: place,
  previousHash: text,
  hash: text,
  id: text,
  occurredAt: z.iso.datetime(),
  actorKind: text,
  actorId: text,
  actorName: text,
  action: text,
  targetKind: text,
  targetId: text,
  targetName: text,
  beforeText: text.nullable(),
  afterText: text.nullable(),
  ipAddress: text,
  userAgent: text,
  requestId: text,
});
const End = z.object({ type: z.literal('end'), headSequence: place, headHash: text, signature: text });
const Line = z.discriminatedUnion('type', [Log, Event, End]);

/** @param lines Without their line breaks; an empty one at the end counts for nothing. */
export async function verifyExportedLog(
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<ExportReport> {
  const walk = new Walk();
  for await (const line of lines) walk.read(line);
  return walk.end();
}

class Walk {
  readonly #problems: ExportProblem[] = [];
  #line = 0;
  #log: z.infer<typeof Log> | undefined;
  #isOver = false;
  #verifiedEvents = 0;
  #sequence = 0n;
  #hash = '';

  read(line: string): void {
    this.#line += 1;
    if (line === '') return;
    const parsed = Line.safeParse(toJson(line));
    if (this.#log === undefined) this.#begin(parsed.data);
    else if (this.#isOver || parsed.data === undefined || parsed.data.type === 'log') {
      this.#report('line-unreadable');
    } else if (parsed.data.type === 'event') this.#readEvent(parsed.data);
    else this.#readEnd(parsed.data, this.#log);
  }

  end(): ExportReport {
    if (!this.#isOver) this.#report(this.#log === undefined ? 'not-a-log' : 'tail-missing');
    return {
      ok: this.#problems.length === 0,
      organizationId: this.#log?.organizationId ?? '',
      verifiedEvents: this.#verifiedEvents,
      headSequence: this.#sequence,
      headHash: this.#hash,
      keyFingerprint: fingerprintOf(this.#log?.publicKey ?? ''),
      problems: this.#problems,
    };
  }

  #begin(first: z.infer<typeof Line> | undefined): void {
    if (first?.type !== 'log') {
      if (this.#line === 1) this.#report('not-a-log');
      return;
    }
    this.#log = first;
    this.#sequence = BigInt(first.afterSequence);
    this.#hash = first.previousHash;
  }

  #readEvent({
    sequence: at,
    previousHash,
    hash,
    occurredAt,
    type: _,
    ...event
  }: z.infer<typeof Event>): void {
    const sequence = BigInt(at);
    const before = this.#problems.length;
    if (sequence <= this.#sequence) this.#report('event-reordered', sequence);
    else if (sequence > this.#sequence + 1n) this.#report('event-missing', this.#sequence + 1n);
    else if (previousHash !== this.#hash) this.#report('event-reordered', sequence);
    const chained: ChainedEvent = {
      ...event,
      organizationId: this.#log?.organizationId ?? '',
      occurredAt: new Date(occurredAt),
    };
    if (sealHash(sequence, previousHash, chained) !== hash) this.#report('event-changed', sequence);
    if (this.#problems.length === before) this.#verifiedEvents += 1;
    this.#sequence = sequence;
    this.#hash = hash;
  }

  #readEnd({ headSequence, headHash, signature }: z.infer<typeof End>, log: z.infer<typeof Log>): void {
    this.#isOver = true;
    const head = { organizationId: log.organizationId, sequence: BigInt(headSequence), hash: headHash };
    if (head.sequence > this.#sequence) this.#report('tail-missing', this.#sequence + 1n);
    else if (head.sequence < this.#sequence || headHash !== this.#hash)
      this.#report('event-reordered', head.sequence);
    if (!isSigned(checkpointText(head), signature, log.publicKey))
      this.#report('signature-invalid', head.sequence);
  }

  #report(kind: ExportProblemKind, sequence?: bigint): void {
    this.#problems.push({ kind, line: this.#line, ...(sequence === undefined ? {} : { sequence }) });
  }
}

function toJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isSigned(content: Buffer, signature: string, publicKey: string): boolean {
  try {
    return verify(null, content, createPublicKey(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    // What is no key has signed nothing.
    return false;
  }
}

function fingerprintOf(publicKey: string): string {
  try {
    const der = createPublicKey(publicKey).export({ format: 'der', type: 'spki' });
    return createHash('sha256').update(der).digest('hex');
  } catch {
    return '';
  }
}
