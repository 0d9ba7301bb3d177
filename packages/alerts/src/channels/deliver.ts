/**
 * Tells the channels of one organization what waits for them.
 *
 * Mail: one row per delivery and recipient in the transaction that ends the delivery, so that a crash neither loses
 * nor repeats it. Slack: at least once. Who tells holds a lease by Postgres's clock, and settles only what it still holds.
 * What waited together (quiet hours, a digest, a flood) is told as one message.
 */
import type { Database, Prisma, Transaction } from '@tollgate/db';
import { openSecret } from '@tollgate/keys';
import { queueMail } from '@tollgate/mail';
import { MAX_TRIES, retryDelayMs } from '../backoff.ts';
import type { NotifySettings } from '../notify-settings.ts';
import { type PostResult, postJson } from '../outbound/post-json.ts';
import { alertMail, type ToldAlert } from '../text/alert-mail.ts';
import type { Reader } from '../text/format.ts';
import { channelSealContext } from './channel-secret.ts';
import { listRecipients } from './recipients.ts';
import { slackMessage } from './slack.ts';

interface ChannelRound extends NotifySettings {
  readonly organizationId: string;
  readonly nowMs: number;
}

interface ClaimedDelivery {
  readonly id: string;
  readonly channelId: string;
  readonly alertId: string;
  readonly event: string;
  readonly heldFor: string;
  readonly tries: number;
}

type Channel = Prisma.NotificationChannelModel;

/** More than the messages of one channel may take: a flood is one, else there are few. */
const LEASE_MS = 60_000;
const CLAIM_LIMIT = 200;
/** Clients find the fault behind the sentence, as behind those of a post. */
const NOBODY = { status: null, error: 'Nobody is among its recipients' };
/** More than these at once are a flood, and come as one message. */
const SINGLE_LIMIT = 3;

/** @returns How many deliveries were tried. */
export async function deliverAlerts(database: Database, round: ChannelRound): Promise<number> {
  const claimed = await claim(database, round);
  const byChannel = Map.groupBy(claimed, ({ channelId }) => channelId);
  await Promise.all(
    [...byChannel].map(([channelId, deliveries]) => tellChannel(database, round, channelId, deliveries)),
  );
  return claimed.length;
}

function claim(database: Database, { organizationId, nowMs }: ChannelRound): Promise<ClaimedDelivery[]> {
  return database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<ClaimedDelivery[]>`
      UPDATE alert_deliveries SET tries = tries + 1, next_try_at = ${new Date(nowMs + LEASE_MS)},
        lease_until = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
      WHERE organization_id = ${organizationId} AND id IN (
        SELECT id FROM alert_deliveries WHERE organization_id = ${organizationId} AND state = 'waiting' AND next_try_at <= ${new Date(nowMs)}
          AND (lease_until IS NULL OR lease_until <= clock_timestamp())
        ORDER BY next_try_at, id LIMIT ${CLAIM_LIMIT} FOR UPDATE SKIP LOCKED)
      RETURNING id, channel_id AS "channelId", alert_id AS "alertId", event, held_for AS "heldFor", tries`,
  );
}

async function tellChannel(
  database: Database,
  round: ChannelRound,
  channelId: string,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  const held = deliveries.filter(({ heldFor }) => heldFor !== '');
  const flood = deliveries.length - held.length > SINGLE_LIMIT;
  const together = flood ? deliveries : held;
  const alone = flood ? [] : deliveries.filter(({ heldFor }) => heldFor === '');
  const messages = [...(together.length > 0 ? [together] : []), ...alone.map((each) => [each])];
  for (const message of messages) await tell(database, round, channelId, message);
}

async function tell(
  database: Database,
  round: ChannelRound,
  channelId: string,
  claimed: readonly ClaimedDelivery[],
): Promise<void> {
  const { organizationId, nowMs } = round;
  const posting = await database.tenant(organizationId, async (tx) => {
    const deliveries = await lockHeld(tx, organizationId, claimed);
    if (deliveries.length === 0) return undefined;
    const channel = await tx.notificationChannel.findFirst({ where: { organizationId, id: channelId } });
    if (channel === null || channel.disabledAt !== null) {
      await settle(tx, deliveries, 'skipped', nowMs, undefined);
      return undefined;
    }
    const alerts = await loadTold(tx, organizationId, deliveries);
    if (alerts.length === 0) {
      await settle(tx, deliveries, 'skipped', nowMs, undefined);
      return undefined;
    }
    const frame = await loadFrame(tx, round, deliveries);
    const timeZone = channel.timeZone === '' ? frame.timeZone : channel.timeZone;
    if (channel.kind === 'slack')
      return { deliveries, channel, alerts, reader: { locale: frame.localeOf(channel.locale), timeZone } };
    const recipients = await listRecipients(tx, organizationId, channel);
    if (recipients.length === 0) {
      await settle(tx, deliveries, 'skipped', nowMs, NOBODY);
      await noteChannel(tx, channel, nowMs, NOBODY.error);
      return undefined;
    }
    for (const { email, locale } of recipients) {
      await queueMail(tx, round.ring, {
        template: 'notice',
        recipient: email,
        causeId: deliveries[0]!.id,
        locale,
        data: alertMail(alerts, frame, { locale, timeZone }),
        nowMs,
      });
    }
    await settle(tx, deliveries, 'delivered', nowMs, undefined);
    await noteChannel(tx, channel, nowMs, null);
    return undefined;
  });
  if (posting === undefined) return;
  const result = await postSlack(
    round,
    posting.channel,
    slackMessage(posting.alerts, round.consoleUrl, posting.reader),
  );
  await database.tenant(organizationId, async (tx) => {
    const held = await lockHeld(tx, organizationId, posting.deliveries);
    if (held.length === 0) return;
    await settle(tx, held, result.ok ? 'delivered' : 'failed', nowMs, result);
    await noteChannel(tx, posting.channel, nowMs, result.ok ? null : result.error);
  });
}

/** Those that nobody has taken over, asked for again or deleted since they were claimed. */
async function lockHeld(
  tx: Transaction,
  organizationId: string,
  deliveries: readonly ClaimedDelivery[],
): Promise<ClaimedDelivery[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT d.id FROM alert_deliveries d
    JOIN unnest(${deliveries.map(({ id }) => id)}::text[], ${deliveries.map(({ tries }) => tries)}::integer[]) AS held(id, tries)
      ON d.id = held.id AND d.tries = held.tries
    WHERE d.organization_id = ${organizationId} AND d.state = 'waiting' ORDER BY d.id FOR UPDATE OF d`;
  const held = new Set(rows.map(({ id }) => id));
  return deliveries.filter(({ id }) => held.has(id));
}

/** The URL is the secret: it leaves only as the address of this one request. */
export function postSlack(
  { ring, allowedPrivateOrigins }: NotifySettings,
  channel: Pick<Channel, 'organizationId' | 'id' | 'secretCiphertext'>,
  message: unknown,
): Promise<PostResult> {
  const url = openSecret(ring, channelSealContext(channel), channel.secretCiphertext ?? new Uint8Array());
  return postJson({ url, body: JSON.stringify(message), headers: {}, allowedPrivateOrigins });
}

/** In the order in which they fired; of several tellings of one alert the last. */
async function loadTold(
  tx: Transaction,
  organizationId: string,
  deliveries: readonly ClaimedDelivery[],
): Promise<ToldAlert[]> {
  const events = new Map(deliveries.map(({ alertId, event }) => [alertId, event]));
  const rows = await tx.alert.findMany({
    where: { organizationId, id: { in: [...events.keys()] } },
    orderBy: [{ firedAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    ...row,
    targetName: oneLine(row.targetName),
    figures: Object.fromEntries(
      Object.entries(row.figures as object).map(([name, value]) => [name, oneLine(String(value))]),
    ),
    event: events.get(row.id) ?? 'fired',
  }));
}

/** Names of models come from whoever sends requests. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

async function loadFrame(tx: Transaction, round: ChannelRound, deliveries: readonly ClaimedDelivery[]) {
  const organization = await tx.organization.findFirst({
    where: { id: round.organizationId },
    select: { name: true, timeZone: true },
  });
  return {
    organizationName: organization?.name ?? '',
    timeZone: organization?.timeZone ?? 'UTC',
    consoleUrl: round.consoleUrl,
    heldFor: deliveries[0]?.heldFor ?? '',
    localeOf: (locale: string): Reader['locale'] => (locale === 'de' ? 'de' : 'en'),
  };
}

async function settle(
  tx: Transaction,
  deliveries: readonly ClaimedDelivery[],
  outcome: 'delivered' | 'skipped' | 'failed',
  nowMs: number,
  result: Pick<PostResult, 'status' | 'error'> | undefined,
): Promise<void> {
  const now = new Date(nowMs);
  for (const { id, tries } of deliveries) {
    const dead = outcome === 'failed' && tries >= MAX_TRIES;
    await tx.alertDelivery.update({
      where: { id },
      data: {
        state: outcome === 'failed' ? (dead ? 'dead' : 'waiting') : outcome,
        deliveredAt: outcome === 'delivered' ? now : null,
        responseStatus: result?.status ?? null,
        lastError: outcome === 'delivered' ? null : (result?.error ?? null),
        leaseUntil: null,
        ...(outcome === 'failed' && !dead
          ? { nextTryAt: new Date(nowMs + retryDelayMs(tries, Math.random())) }
          : {}),
      },
      select: { id: true },
    });
  }
}

async function noteChannel(
  tx: Transaction,
  channel: Channel,
  nowMs: number,
  error: string | null,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE notification_channels SET last_error = ${error},
      last_delivered_at = CASE WHEN ${error === null} THEN ${new Date(nowMs)}::timestamptz ELSE last_delivered_at END
    WHERE organization_id = ${channel.organizationId} AND id = ${channel.id}`;
}
