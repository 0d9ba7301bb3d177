/**
 * Sends what is waiting: at least once, with one Message-ID per row, for 24 hours, then gives up visibly.
 *
 * A sender takes a lease by moving `next_try_at`; after a crash another takes over when it has passed.
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
const LEASE_SECONDS = 120;
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
  const claimed = await claim(database, options);
  let sent = 0;
  for (const mail of claimed) {
    const error = await trySend(transport, options, mail);
    if (error === undefined) sent += 1;
    else options.onError?.(error, mail.id);
    await settle(database, mail, options.nowMs, error);
  }
  return { sent, failed: claimed.length - sent };
}

function claim(database: Database, options: DeliverOptions): Promise<ClaimedMail[]> {
  const now = new Date(options.nowMs);
  const leaseEnd = new Date(options.nowMs + LEASE_SECONDS * 1_000);
  return database.platform(
    (tx) => tx.$queryRaw<ClaimedMail[]>`
      UPDATE mail_messages SET tries = tries + 1, next_try_at = ${leaseEnd}
      WHERE id IN (
        SELECT id FROM mail_messages WHERE state = 'waiting' AND next_try_at <= ${now}
        ORDER BY next_try_at LIMIT ${options.limit ?? 20} FOR UPDATE SKIP LOCKED)
      RETURNING id, template, recipient, payload, tries, created_at AS "createdAt"`,
  );
}

async function trySend(
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

async function settle(database: Database, mail: ClaimedMail, nowMs: number, error: unknown): Promise<void> {
  const done = error === undefined;
  const givenUp = !done && nowMs - mail.createdAt.getTime() >= GIVE_UP_AFTER_MS;
  const delayMs = Math.min(MAX_DELAY_MS, 15_000 * 2 ** Math.min(mail.tries, 20));
  await database.platform((tx) =>
    tx.mailMessage.update({
      where: { id: mail.id },
      data: {
        state: done ? 'sent' : givenUp ? 'bounced' : 'waiting',
        sentAt: done ? new Date(nowMs) : null,
        lastError: done ? null : errorName(error),
        // The links in it must not outlive their use.
        ...(done || givenUp ? { payload: {} } : {}),
        nextTryAt: new Date(nowMs + delayMs),
      },
      select: { id: true },
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
