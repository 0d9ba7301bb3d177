/**
 * Sends what is waiting: at least once, with one Message-ID per row, for 24 hours, then gives up visibly.
 *
 * A sender takes a lease, by Postgres's clock, and settles only what it still holds; after a crash another takes over when
 * the lease is over. Each mail is taken right before it is begun, so that none outlasts its lease. Servers may need minutes
 * to take one over: several are sent at once, and beside them rounds go on.
 */
import type { KeyRing } from '@tollgate/config';
import type { Database } from '@tollgate/db';

import { openMailData, type SealedMailPayload } from './mail-queue.ts';
import { type MailData, type MailTemplate, type RenderedMail, renderMail } from './template.ts';

export interface MailAttachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface OutgoingMail extends RenderedMail {
  readonly attachments?: readonly MailAttachment[];
  readonly messageId: string;
  readonly recipient: string;
}

export interface MailTransport {
  /** @throws when the mail was not taken over by the next server. */
  send(mail: OutgoingMail): Promise<void>;
}

export interface DeliverOptions {
  readonly ring: KeyRing;
  readonly nowMs: number;
  /** Mails per call. */
  readonly limit?: number;
  /** Those of earlier rounds that are still being sent. With it a round does not wait for slow ones. */
  readonly sending?: SendingMails;
  /** How long new mails are begun, how long one may take, and how long `sending` is waited for. For tests. */
  readonly roundMs?: number;
  readonly sendMs?: number;
  readonly waitMs?: number;
  /** What goes along with a mail; a failure is one of the mail, which is tried again. */
  readonly loadAttachments?: <T extends MailTemplate>(
    template: T,
    data: MailData[T],
  ) => Promise<readonly MailAttachment[]>;
  /** Told of each failure; the address is not part of it. */
  readonly onError?: (error: unknown, mailId: string) => void;
}

/** Of this round, as far as it has waited. */
export interface DeliverResult {
  readonly sent: number;
  readonly failed: number;
}

const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const LEASE_MS = 10 * 60_000;
/** More than all phases of SMTP together (smtp-transport.ts), and less than a lease, with time to settle. */
const SEND_MS = 8 * 60_000;
const ROUND_MS = 60_000;
const WAIT_MS = 2_000;
/** No more than servers of mail allow one who signs in. */
const AT_ONCE = 3;
const MAX_DELAY_MS = 3_600_000;
const MESSAGE_DOMAIN = 'tollgate.invalid';

interface ClaimedMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  readonly payload: SealedMailPayload;
  readonly tries: number;
  readonly createdAt: Date;
}

/** What one process is sending, over all its rounds: so many connections to the server at once. */
export class SendingMails {
  readonly #going = new Set<Promise<void>>();
  readonly #atOnce: number;

  constructor(atOnce = AT_ONCE) {
    this.#atOnce = atOnce;
  }

  get hasPlace(): boolean {
    return this.#going.size < this.#atOnce;
  }

  /** @param sending Never fails. */
  add(sending: Promise<void>): void {
    const going = sending.finally(() => this.#going.delete(going));
    this.#going.add(going);
  }

  /** When one of them has ended. */
  async oneEnded(): Promise<void> {
    await Promise.race(this.#going);
  }

  /** When nothing is sent any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#going);
  }
}

/** One round. Safe in several processes at once. */
export async function deliverPendingMail(
  database: Database,
  transport: MailTransport,
  options: DeliverOptions,
): Promise<DeliverResult> {
  const startedMs = performance.now();
  const { limit = 20, roundMs = ROUND_MS, sending = new SendingMails() } = options;
  const result = { sent: 0, failed: 0 };
  const deliver = async (mail: ClaimedMail): Promise<void> => {
    const error = await deliverOne(database, transport, options, mail);
    if (error === undefined) result.sent += 1;
    else result.failed += 1;
    if (error !== undefined) options.onError?.(error, mail.id);
  };
  const isSlow = options.sending === undefined ? undefined : delay(options.waitMs ?? WAIT_MS);
  const wait = (until: Promise<void>): Promise<unknown> =>
    isSlow === undefined ? until : Promise.race([until, isSlow.over]);
  try {
    for (let begun = 0; begun < limit; begun += 1) {
      if (begun > 0 && performance.now() - startedMs >= roundMs) break;
      if (!sending.hasPlace) await wait(sending.oneEnded());
      if (!sending.hasPlace) break;
      const [mail] = await claim(database, options.nowMs);
      if (mail === undefined) break;
      sending.add(deliver(mail));
    }
    await wait(sending.ended());
  } finally {
    isSlow?.cancel();
  }
  return { ...result };
}

function delay(ms: number): { readonly over: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { over, cancel: () => clearTimeout(timer) };
}

/** @returns What went wrong: with the mail, or with writing down what became of it. */
async function deliverOne(
  database: Database,
  transport: MailTransport,
  options: DeliverOptions,
  mail: ClaimedMail,
): Promise<unknown> {
  const startedMs = performance.now();
  try {
    const error = await trySend(transport, options, mail);
    // It may have taken minutes, and the pause before the next try begins now.
    const tookMs = Math.floor((performance.now() - startedMs) / 1_000) * 1_000;
    await settle(database, mail, options.nowMs + tookMs, error);
    return error;
  } catch (error) {
    return error ?? new Error('Cannot settle mail: unknown reason');
  }
}

/** One at most. `next_try_at` follows the product's clock, which may be moved; how long a sender has, Postgres's alone. */
function claim(database: Database, nowMs: number): Promise<ClaimedMail[]> {
  const now = new Date(nowMs);
  return database.platform(
    (tx) => tx.$queryRaw<ClaimedMail[]>`
      UPDATE mail_messages SET tries = tries + 1, next_try_at = ${new Date(nowMs + LEASE_MS)},
        lease_until = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
      WHERE id = (
        SELECT id FROM mail_messages WHERE state = 'waiting' AND next_try_at <= ${now}
          AND (lease_until IS NULL OR lease_until <= clock_timestamp())
        ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id, template, recipient, payload, tries, created_at AS "createdAt"`,
  );
}

/** It may arrive all the same, and then twice, with one Message-ID: as after a crash. */
class MailTimeoutError extends Error {
  override readonly name = 'MailTimeoutError';
}

async function trySend(
  transport: MailTransport,
  options: DeliverOptions,
  mail: ClaimedMail,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const sendMs = options.sendMs ?? SEND_MS;
  const timeUp = new Promise<unknown>((resolve) => {
    const error = new MailTimeoutError(`Cannot send mail: it must be taken over within ${sendMs} ms`);
    timer = setTimeout(() => resolve(error), sendMs);
  });
  try {
    return await Promise.race([send(transport, options, mail), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns What went wrong. */
async function send(
  transport: MailTransport,
  { ring, loadAttachments }: DeliverOptions,
  mail: ClaimedMail,
): Promise<unknown> {
  try {
    const data = openMailData(ring, mail.id, mail.payload) as MailData[MailTemplate];
    const rendered = renderMail(mail.template as MailTemplate, mail.payload.locale, data as never);
    const attachments = (await loadAttachments?.(mail.template as MailTemplate, data as never)) ?? [];
    await transport.send({
      ...rendered,
      ...(attachments.length === 0 ? {} : { attachments }),
      messageId: `<${mail.id}@${MESSAGE_DOMAIN}>`,
      recipient: mail.recipient,
    });
    return undefined;
  } catch (error) {
    return error ?? new Error('Cannot send mail: unknown reason');
  }
}

/** Only what is still held: whoever has taken it over since says what became of it. */
async function settle(database: Database, mail: ClaimedMail, nowMs: number, error: unknown): Promise<void> {
  const done = error === undefined;
  const givenUp = !done && nowMs - mail.createdAt.getTime() >= GIVE_UP_AFTER_MS;
  const delayMs = Math.min(MAX_DELAY_MS, 15_000 * 2 ** Math.min(mail.tries, 20));
  await database.platform((tx) =>
    tx.mailMessage.updateMany({
      where: { id: mail.id, state: 'waiting', tries: mail.tries },
      data: {
        state: done ? 'sent' : givenUp ? 'bounced' : 'waiting',
        sentAt: done ? new Date(nowMs) : null,
        lastError: done ? null : errorName(error),
        // The links in it must not outlive their use.
        ...(done || givenUp ? { payload: {} } : {}),
        nextTryAt: new Date(nowMs + delayMs),
        leaseUntil: null,
      },
    }),
  );
}

/** Servers repeat addresses in their messages: only the code is kept. */
function errorName(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const name = error instanceof Error ? error.name : 'Error';
  return [name, code, responseCode]
    .filter((part) => part !== undefined)
    .join(' ')
    .slice(0, 200);
}
