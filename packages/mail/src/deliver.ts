/**
 * Sends what is waiting: at least once, with one Message-ID per row, for 24 hours, then gives up visibly.
 *
 * A sender takes a lease, by Postgres's clock, and settles only what it still holds; after a crash another takes over when
 * the lease is over. No mail is begun that might outlast it.
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
  /** How long new mails are begun, and how long one may take. For tests. */
  readonly roundMs?: number;
  readonly sendMs?: number;
  /** What goes along with a mail; a failure is one of the mail, which is tried again. */
  readonly loadAttachments?: <T extends MailTemplate>(
    template: T,
    data: MailData[T],
  ) => Promise<readonly MailAttachment[]>;
  /** Told of each failure; the address is not part of it. */
  readonly onError?: (error: unknown, mailId: string) => void;
}

export interface DeliverResult {
  readonly sent: number;
  readonly failed: number;
}

const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const LEASE_MS = 120_000;
/** Together less than a lease, with time to settle. */
const ROUND_MS = 60_000;
const SEND_MS = 45_000;
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

/** One round. Safe in several processes at once. */
export async function deliverPendingMail(
  database: Database,
  transport: MailTransport,
  options: DeliverOptions,
): Promise<DeliverResult> {
  const startedMs = performance.now();
  const claimed = await claim(database, options);
  let sent = 0;
  for (const [index, mail] of claimed.entries()) {
    if (index > 0 && performance.now() - startedMs >= (options.roundMs ?? ROUND_MS)) {
      await giveBack(database, claimed.slice(index), options.nowMs);
      return { sent, failed: index - sent };
    }
    const error = await trySend(transport, options, mail);
    if (error === undefined) sent += 1;
    else options.onError?.(error, mail.id);
    await settle(database, mail, options.nowMs, error);
  }
  return { sent, failed: claimed.length - sent };
}

/** `next_try_at` follows the product's clock, which may be moved; how long a sender has, Postgres's alone. */
function claim(database: Database, options: DeliverOptions): Promise<ClaimedMail[]> {
  const now = new Date(options.nowMs);
  return database.platform(
    (tx) => tx.$queryRaw<ClaimedMail[]>`
      UPDATE mail_messages SET tries = tries + 1, next_try_at = ${new Date(options.nowMs + LEASE_MS)},
        lease_until = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
      WHERE id IN (
        SELECT id FROM mail_messages WHERE state = 'waiting' AND next_try_at <= ${now}
          AND (lease_until IS NULL OR lease_until <= clock_timestamp())
        ORDER BY next_try_at LIMIT ${options.limit ?? 20} FOR UPDATE SKIP LOCKED)
      RETURNING id, template, recipient, payload, tries, created_at AS "createdAt"`,
  );
}

/** Claimed and not begun: the next round may have them at once, and no try was used up. */
async function giveBack(database: Database, mails: readonly ClaimedMail[], nowMs: number): Promise<void> {
  await database.platform(
    (tx) => tx.$executeRaw`
      UPDATE mail_messages m SET tries = m.tries - 1, next_try_at = ${new Date(nowMs)}, lease_until = NULL
      FROM unnest(${mails.map(({ id }) => id)}::text[], ${mails.map(({ tries }) => tries)}::integer[]) AS held(id, tries)
      WHERE m.id = held.id AND m.tries = held.tries AND m.state = 'waiting'`,
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
