/**
 * Reminders of rotations that are due: once per secret and lead time, to the key's owner and the leads of its team.
 *
 * What was told is written in the transaction that queues the mail, so that a second round, or a second worker, tells
 * nothing again. One mail a round and person, whatever the number of keys. Not here: keys that expire (packages/alerts).
 */
import { listTellableMembers } from '@tollgate/alerts';
import { join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { type EffectiveKeyPolicy, resolveKeyPolicy, rotationDueAt, USUAL_REMIND_DAYS } from '@tollgate/keys';
import { type MailLocale, queueMail, toMailLocale } from '@tollgate/mail';
import type { WorkerContext } from '../worker-context.ts';

const DAY_MS = 86_400_000;
/** A round; the rest is told in the next one. */
const KEYS_MAX = 500;
const LISTED = 20;

interface DueKey {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
  readonly memberId: string | null;
  readonly rotatedAt: Date;
  readonly dueAt: Date;
}

interface Person {
  readonly email: string;
  readonly locale: MailLocale;
}

/** @returns How many keys people were told of. */
export function remindOfRotations(context: WorkerContext, organizationId: string): Promise<number> {
  const { database, clock, mail, notify } = context;
  // Without a way to send them, reminders wait: told is what has gone out.
  if (mail === undefined || notify === undefined) return Promise.resolve(0);
  return database.tenant(organizationId, async (tx) => {
    const nowMs = clock.nowMs();
    const groups = await readGroups(tx, organizationId);
    const due: DueKey[] = [];
    for (const group of groups) due.push(...(await claimDue(tx, organizationId, group, nowMs)));
    if (due.length === 0) return 0;
    const organization = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    for (const [recipient, keys] of await recipientsOf(tx, organizationId, due)) {
      const text = reminderText(recipient.locale, organization.name, keys, nowMs, notify.consoleUrl);
      await queueMail(tx, mail.ring, {
        template: 'notice',
        recipient: recipient.email,
        causeId: `key-rotation:${organizationId}:${keys[0]!.id}:${nowMs}`,
        locale: recipient.locale,
        data: text,
        nowMs,
      });
    }
    return due.length;
  });
}

interface Group {
  /** Null: keys of no team. */
  readonly teamIds: readonly string[] | null;
  readonly policy: EffectiveKeyPolicy;
}

/** Teams under the same rules, so that each rule is one question. */
async function readGroups(tx: Transaction, organizationId: string): Promise<Group[]> {
  const rows = await tx.keyPolicy.findMany({ where: { organizationId } });
  if (rows.every(({ rotateEveryDays }) => rotateEveryDays === null)) return [];
  // Only how often and when to tell matters here.
  const rules = rows.map((row) => ({
    ...row,
    defaultBudget: null,
    defaultRateLimits: [],
  }));
  const teams = await tx.team.findMany({
    where: { organizationId, archivedAt: null },
    select: { id: true, path: true },
  });
  const byRule = new Map<string, { teamIds: string[]; policy: EffectiveKeyPolicy }>();
  for (const { id, path } of teams) {
    const policy = resolveKeyPolicy(rules, path.split('/'));
    if (policy.rotateEveryDays === null) continue;
    const key = `${policy.rotateEveryDays.value}:${(policy.remindDays?.value ?? []).join(',')}`;
    const group = byRule.get(key) ?? { teamIds: [], policy };
    group.teamIds.push(id);
    byRule.set(key, group);
  }
  const ofNoTeam = resolveKeyPolicy(rules, []);
  return [
    ...(ofNoTeam.rotateEveryDays === null ? [] : [{ teamIds: null, policy: ofNoTeam }]),
    ...byRule.values(),
  ];
}

/** Notes every lead time that has passed, and returns the keys for which the latest of them is new. */
async function claimDue(
  tx: Transaction,
  organizationId: string,
  { teamIds, policy }: Group,
  nowMs: number,
): Promise<DueKey[]> {
  const everyDays = policy.rotateEveryDays?.value ?? 0;
  const remindDays = [...(policy.remindDays?.value ?? USUAL_REMIND_DAYS)].filter((days) => days < everyDays);
  if (remindDays.length === 0) return [];
  const now = new Date(nowMs);
  const first = new Date(nowMs - (everyDays - Math.max(...remindDays)) * DAY_MS);
  const ofTeam = teamIds === null ? sql`k.team_id IS NULL` : sql`k.team_id = ANY(${[...teamIds]}::text[])`;
  const passed = sql`k.rotated_at <= ${now}::timestamptz - (${everyDays}::integer - d.days) * interval '1 day'`;
  const rows = await tx.$queryRaw<Omit<DueKey, 'dueAt'>[]>`
    WITH due AS (
      SELECT k.id, k.rotated_at, min(d.days) AS days
      FROM virtual_keys k CROSS JOIN unnest(${remindDays}::integer[]) AS d(days)
      WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})
        AND k.rotated_at <= ${first} AND ${ofTeam} AND ${passed}
      GROUP BY k.id, k.rotated_at
      HAVING NOT EXISTS (SELECT 1 FROM key_reminders r WHERE r.organization_id = ${organizationId} AND r.key_id = k.id
        AND r.rotated_at = k.rotated_at AND r.days_before = min(d.days))
      ORDER BY k.rotated_at, k.id LIMIT ${KEYS_MAX}),
    noted AS (
      INSERT INTO key_reminders (organization_id, key_id, rotated_at, days_before, created_at)
      SELECT ${organizationId}, due.id, due.rotated_at, d.days, ${now}
      FROM due CROSS JOIN unnest(${remindDays}::integer[]) AS d(days) WHERE d.days >= due.days
      ON CONFLICT DO NOTHING RETURNING key_id, days_before)
    SELECT k.id, k.name, k.team_id AS "teamId", k.member_id AS "memberId", k.rotated_at AS "rotatedAt"
    FROM due JOIN noted n ON n.key_id = due.id AND n.days_before = due.days
    JOIN virtual_keys k ON k.organization_id = ${organizationId} AND k.id = due.id
    ORDER BY k.rotated_at, k.id`;
  return rows.map((row) => ({ ...row, dueAt: rotationDueAt(policy, row.rotatedAt.getTime())! }));
}

/** The owner and the team's leads; where there is neither, who runs the organization. */
async function recipientsOf(
  tx: Transaction,
  organizationId: string,
  keys: readonly DueKey[],
): Promise<[Person, DueKey[]][]> {
  const owners = await peopleWhere(
    tx,
    organizationId,
    sql`m.id = ANY(${idsOf(keys, ({ memberId }) => memberId)})`,
  );
  const leads = await peopleWhere(
    tx,
    organizationId,
    sql`t.is_lead AND t.team_id = ANY(${idsOf(keys, ({ teamId }) => teamId)})`,
  );
  const runners = await peopleWhere(tx, organizationId, sql`m.role = 'owner'`);
  const byEmail = new Map<string, [Person, DueKey[]]>();
  for (const key of keys) {
    const told = [
      ...owners.filter(({ memberId }) => memberId === key.memberId),
      ...leads.filter(({ teamId }) => teamId === key.teamId),
    ];
    for (const person of told.length === 0 ? runners : told) {
      const mine = byEmail.get(person.email) ?? [
        { email: person.email, locale: toMailLocale(person.locale) },
        [],
      ];
      if (!mine[1].includes(key)) mine[1].push(key);
      byEmail.set(person.email, mine);
    }
  }
  return [...byEmail.values()];
}

function idsOf(keys: readonly DueKey[], read: (key: DueKey) => string | null): string[] {
  return [...new Set(keys.flatMap((key) => read(key) ?? []))];
}

interface PersonRow {
  readonly memberId: string;
  readonly teamId: string | null;
  readonly email: string;
  readonly locale: string;
}

/** Of these, who may see keys: a mail tells nobody what their role would not show them. */
async function peopleWhere(
  tx: Transaction,
  organizationId: string,
  condition: Prisma.Sql,
): Promise<PersonRow[]> {
  const conditions = join(
    [sql`m.organization_id = ${organizationId}`, sql`u.disabled_at IS NULL`, condition],
    ' AND ',
  );
  const rows = await tx.$queryRaw<PersonRow[]>`
    SELECT m.id AS "memberId", t.team_id AS "teamId", u.email, u.locale FROM memberships m JOIN users u ON u.id = m.user_id
    LEFT JOIN team_memberships t ON t.organization_id = m.organization_id AND t.membership_id = m.id
    WHERE ${conditions} ORDER BY m.id, t.team_id LIMIT 2000`;
  if (rows.length === 0) return [];
  const members = await listTellableMembers(tx, organizationId);
  const seeing = new Set(
    members.filter(({ permissions }) => permissions.has('keys:read')).map(({ membershipId }) => membershipId),
  );
  return rows.filter(({ memberId }) => seeing.has(memberId));
}

function reminderText(
  locale: MailLocale,
  organizationName: string,
  keys: readonly DueKey[],
  nowMs: number,
  consoleUrl: string,
) {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const german = locale === 'de';
  const items = keys.slice(0, LISTED).map(({ id, name, dueAt }) => {
    const on = day.format(dueAt);
    const late = dueAt.getTime() <= nowMs;
    const text = german ? `Fällig ${late ? 'seit' : 'am'} ${on}` : `${late ? 'Due since' : 'Due on'} ${on}`;
    return { title: name, text, link: `${consoleUrl}/keys/${id}` };
  });
  const more = keys.length - items.length;
  const count = keys.length;
  return {
    subject: german
      ? count === 1
        ? `Ein Schlüssel ist zu wechseln: ${keys[0]!.name}`
        : `${count} Schlüssel sind zu wechseln`
      : count === 1
        ? `A key is due for rotation: ${keys[0]!.name}`
        : `${count} keys are due for rotation`,
    tone: 'warning' as const,
    organizationName,
    lines: [
      german
        ? 'Nach den Regeln Ihrer Organisation bekommen diese Schlüssel ein neues Geheimnis. Das alte gilt beim Wechsel so lange weiter, wie Sie es wählen.'
        : 'By the rules of your organization these keys get a new secret. When you rotate one, the old secret works on for as long as you choose.',
      ...(more > 0 ? [german ? `Und ${more} weitere.` : `And ${more} more.`] : []),
    ],
    items,
    button: german ? 'Schlüssel öffnen' : 'Open the keys',
    link: `${consoleUrl}/key-hygiene?finding=notRotated`,
    footer: german
      ? 'Sie bekommen diese Nachricht, weil Ihnen einer der Schlüssel gehört oder Sie sein Team leiten.'
      : 'You get this because one of the keys is yours or you lead its team.',
  };
}
