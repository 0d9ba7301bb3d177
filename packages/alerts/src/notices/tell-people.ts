/**
 * Tells people what has happened: a row for each of them, and a mail where they want one.
 *
 * All in one transaction behind the lock of a cursor: two workers take turns, and a process that is killed anywhere
 * leaves either all of it or nothing. A cause is told each person once.
 */
import type { KeyRing } from '@tollgate/config';
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { queueMail } from '@tollgate/mail';
import { chooseAudience, listTellableMembers, type Member } from './audience.ts';
import {
  type Happening,
  listAlertHappenings,
  listAuditHappenings,
  listExportHappenings,
  listRotationHappenings,
  type Span,
} from './happening.ts';
import { type NoticeChoice, type NoticeKind, USUAL_CHOICE } from './notice-kinds.ts';
import { noticeMail } from './notice-mail.ts';

export interface TellOptions {
  readonly organizationId: string;
  readonly nowMs: number;
  /** For mails. Without it there are none. */
  readonly mail?: { readonly ring: KeyRing; readonly consoleUrl: string };
}

const CURSOR = 'notices';
const CURSOR_REST_MS = 600_000;
const HOUR_MS = 3_600_000;
/** Of notices about what people do, to one address. The last one says that the others wait in the console. */
const MAILS_PER_HOUR = 10;
const TRANSACTION_TIMEOUT_MS = 60_000;

/** @returns How many rows were written. */
export function tellPeople(database: Database, options: TellOptions): Promise<number> {
  return database.tenant(options.organizationId, (tx) => tell(tx, options), {
    timeoutMs: TRANSACTION_TIMEOUT_MS,
  });
}

async function tell(tx: Transaction, options: TellOptions): Promise<number> {
  const span = await lockCursor(tx, options);
  const happenings = [
    ...(await listAlertHappenings(tx, span)),
    ...(await listRotationHappenings(tx, span)),
    ...(await listExportHappenings(tx, span)),
    ...(await listAuditHappenings(tx, span)),
  ];
  const count = happenings.length === 0 ? 0 : await write(tx, options, happenings);
  // Where nothing happened the cursor may stay behind for a while: quiet organizations write nothing.
  const rested = new Date(options.nowMs - CURSOR_REST_MS);
  await tx.$executeRaw`
    UPDATE ledger_cursors SET next_xid = ${span.toXid}::xid8, updated_at = ${new Date(options.nowMs)}
    WHERE organization_id = ${options.organizationId} AND name = ${CURSOR}
      AND (${happenings.length > 0} OR updated_at < ${rested})`;
  return count;
}

async function lockCursor(tx: Transaction, { organizationId, nowMs }: TellOptions): Promise<Span> {
  await tx.$executeRaw`
    INSERT INTO ledger_cursors (organization_id, name, next_xid, updated_at)
    VALUES (${organizationId}, ${CURSOR}, '0'::xid8, ${new Date(nowMs)}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<{ from: string; to: string }[]>`
    SELECT next_xid::text AS "from", pg_snapshot_xmin(pg_current_snapshot())::text AS "to" FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${CURSOR} FOR UPDATE`;
  return { organizationId, nowMs, fromXid: row!.from, toXid: row!.to };
}

async function write(
  tx: Transaction,
  options: TellOptions,
  happenings: readonly Happening[],
): Promise<number> {
  const { organizationId, nowMs } = options;
  const members = await listTellableMembers(tx, organizationId);
  const choiceOf = await loadChoices(tx, organizationId);
  let count = 0;
  for (const happening of happenings) {
    const told = chooseAudience(members, happening.audience);
    const shown = told.filter(({ membershipId }) => choiceOf(membershipId, happening.kind).inApp);
    const { audience, ...row } = happening;
    const { count: written } = await tx.notification.createMany({
      skipDuplicates: true,
      data: shown.map(({ membershipId }) => ({
        ...row,
        id: newId('notification', nowMs),
        organizationId,
        membershipId,
        permission: audience.readPermission,
        createdAt: new Date(nowMs),
      })),
    });
    count += written;
    const mailed = told.filter(({ membershipId }) => choiceOf(membershipId, happening.kind).mail);
    await queueMails(tx, options, happening, mailed);
  }
  return count;
}

async function queueMails(
  tx: Transaction,
  { organizationId, mail, nowMs }: TellOptions,
  happening: Happening,
  members: readonly Member[],
): Promise<void> {
  // A changed password is mailed where it is changed.
  if (mail === undefined || members.length === 0 || happening.audience.readPermission === '') return;
  const organization = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { name: true },
  });
  const isThrottled = happening.cause.startsWith('audit:') && happening.severity !== 'critical';
  const mailedLately = isThrottled ? await countNoticeMails(tx, members, nowMs) : new Map<string, number>();
  for (const { email, locale } of members) {
    const ordinal = (mailedLately.get(email) ?? 0) + 1;
    // Somebody who changes roles to and fro must not fill a mailbox with it: all of it stands in the console.
    if (ordinal > MAILS_PER_HOUR) continue;
    await queueMail(tx, mail.ring, {
      template: 'notice',
      recipient: email,
      causeId: happening.cause,
      locale,
      data: noticeMail(happening, {
        organizationName: organization.name,
        consoleUrl: mail.consoleUrl,
        locale,
        isLast: ordinal === MAILS_PER_HOUR,
      }),
      nowMs,
    });
  }
}

/** How many notices each of them was mailed in the last hour. Mail belongs to no organization: all of theirs count. */
async function countNoticeMails(
  tx: Transaction,
  members: readonly Member[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const emails = members.map(({ email }) => email);
  const rows = await tx.$queryRaw<{ recipient: string; count: bigint }[]>`
    SELECT recipient, count(*) AS count FROM mail_messages
    WHERE template = 'notice' AND recipient = ANY (${emails}::text[])
      AND cause_id LIKE 'audit:%' AND created_at > ${new Date(nowMs - HOUR_MS)}
    GROUP BY recipient`;
  return new Map(rows.map(({ recipient, count }) => [recipient, Number(count)]));
}

type ChoiceOf = (membershipId: string, kind: NoticeKind) => NoticeChoice;

async function loadChoices(tx: Transaction, organizationId: string): Promise<ChoiceOf> {
  const rows = await tx.notificationPreference.findMany({ where: { organizationId } });
  const chosen = new Map(rows.map((row) => [`${row.membershipId}:${row.kind}`, row]));
  return (membershipId, kind) => chosen.get(`${membershipId}:${kind}`) ?? USUAL_CHOICE[kind];
}
