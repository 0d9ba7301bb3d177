/**
 * Mail enters here, in the transaction of what it is about, and leaves in deliver.ts.
 *
 * A row per (template, recipient, cause): whatever is retried, one mail. Links carry single-use tokens, so the
 * data is sealed until it is sent and erased afterwards.
 */
import type { KeyRing } from '@tollgate/config';
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import type { MailData, MailTemplate } from './template.ts';

/** What a mail must not contain; told before anything is stored. */
export class InvalidMailError extends RangeError {
  override readonly name = 'InvalidMailError';
}

export interface MailRequest<T extends MailTemplate = MailTemplate> {
  readonly template: T;
  readonly recipient: string;
  /** What it is about: the id of a token, an invitation, an alert. */
  readonly causeId: string;
  readonly locale: string;
  readonly data: MailData[T];
  readonly nowMs: number;
}

/** What stands in `mail_messages.payload` until the mail is sent. */
export interface SealedMailPayload {
  readonly locale: string;
  readonly sealed: string;
}

const CONTROL_CHARACTER = /\p{Cc}|\p{Zl}|\p{Zp}/u;
const RECIPIENT = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,255}$/;

/**
 * As `queueMail`, for transactions that must not fail over their mail: where somebody has to pay, or must be told.
 *
 * @returns Whether it was queued; else nothing was written.
 */
export async function queueMailIfValid<T extends MailTemplate>(
  tx: Transaction,
  ring: KeyRing,
  request: MailRequest<T>,
): Promise<boolean> {
  try {
    await queueMail(tx, ring, request);
    return true;
  } catch (error) {
    // Thrown before anything is sent to Postgres: the transaction is as it was.
    if (error instanceof InvalidMailError) return false;
    throw error;
  }
}

/** @throws {InvalidMailError} A recipient or text with line breaks or other control characters. */
export async function queueMail<T extends MailTemplate>(
  tx: Transaction,
  ring: KeyRing,
  request: MailRequest<T>,
): Promise<void> {
  if (!RECIPIENT.test(request.recipient)) {
    throw new InvalidMailError('Cannot queue mail: the recipient must be one plain address');
  }
  for (const [name, value] of Object.entries(request.data)) {
    if (textsOf(value).some((text) => CONTROL_CHARACTER.test(text))) {
      throw new InvalidMailError(`Cannot queue mail: ${name} must not have control characters`);
    }
  }
  const id = newId('event', request.nowMs);
  const payload: SealedMailPayload = {
    locale: request.locale,
    sealed: Buffer.from(sealSecret(ring, sealContext(id), JSON.stringify(request.data))).toString(
      'base64url',
    ),
  };
  await tx.mailMessage.createMany({
    skipDuplicates: true,
    data: {
      id,
      template: request.template,
      recipient: request.recipient,
      causeId: request.causeId,
      payload: { ...payload },
      state: 'waiting',
      createdAt: new Date(request.nowMs),
      nextTryAt: new Date(request.nowMs),
    },
  });
}

/** Every text in it, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(textsOf);
}

/** @throws {SealedSecretError} The payload belongs to another row or key. */
export function openMailData(ring: KeyRing, id: string, payload: SealedMailPayload): unknown {
  return JSON.parse(openSecret(ring, sealContext(id), Buffer.from(payload.sealed, 'base64url')));
}

function sealContext(mailId: string): SealContext {
  return { organizationId: '', recordId: mailId, field: 'mail', baseUrl: '' };
}
