/**
 * Every route that changes something: its audit event is written with the change or neither is, it names who did what from
 * where and with which program, and what was and is; a change of what somebody else changed meanwhile is refused; what is
 * sent again after a lost answer is done once.
 *
 * The list of routes is the router's. A new one is named below, with how it is called or why nobody answers for it, or
 * the first test fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { disableRowSecurity } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyRoute } from './framework/route.ts';
import { ROUTES } from './routes/index.ts';
import { startTestApi, type TestAnswer, type TestApi } from './test-api.ts';
import {
  CHANGES,
  type Change,
  QUESTIONS,
  startGateway,
  testLookUp,
  type World,
} from './test-changes/index.ts';

/** Nobody is signed in yet, or they need Stripe, queues or what the worker computes: what shows their event, and by which word there. */
const SHOWN_ELSEWHERE: Readonly<Record<string, readonly [file: string, word: string]>> = {
  'post /auth/sign-up': ['auth.db.test.ts', '/auth/sign-up'],
  'post /auth/sign-in': ['takeover.db.test.ts', 'sign-in-failed'],
  'post /auth/second-step': ['second-factor.db.test.ts', 'session-created'],
  'post /auth/passkey/sign-in': ['second-factor.db.test.ts', 'session-created'],
  'post /auth/reset-password': ['takeover.db.test.ts', 'user-password-reset'],
  'post /auth/undo-email-change': ['account.db.test.ts', 'user-email-restored'],
  // Its challenge is spent, whatever becomes of it.
  'post /me/passkeys': ['second-factor.db.test.ts', 'passkey-added'],
  'post /reratings/{id}/apply': ['routes/prices.db.test.ts', 'rerating-applied'],
  'post /operator/reratings/{id}/apply': ['routes/prices.db.test.ts', '/operator/reratings/'],
  'post /stripe/webhook': ['../../billing/src/stripe/events.db.test.ts', 'as Stripe’s doing'],
  'post /operator/queues/{queue}/failed-jobs/{jobId}/retry': ['operator.db.test.ts', 'job-retried'],
  'delete /operator/queues/{queue}/failed-jobs/{jobId}': ['operator.db.test.ts', 'job-discarded'],
};

/** Why nobody answers for them. */
const WITHOUT_EVENT: Readonly<Record<string, string>> = {
  'post /auth/passkey/options': 'a challenge',
  'post /auth/sign-out': 'ends the session that asks',
  'post /auth/verify-email': 'shows an address, changes no right',
  'post /auth/resend-verification': 'a mail',
  'post /auth/forgot-password': 'a mail',
  'post /auth/invitation': 'reads what an invitation says',
  'post /auth/sign-in-ways': 'reads which provider answers for a domain',
  'post /identity-provider/test': 'asks the issuer, and keeps nothing',
  'post /me/passkeys/options': 'a challenge',
  'post /me/totp': 'counts for nothing until it is confirmed',
  'post /provider-credentials/{id}/test': 'tries what is there',
  'post /operator/resold-credentials/{id}/test': 'tries what is there',
  'post /notification-channels/{id}/test': 'tries what is there',
  'post /webhook-endpoints/{id}/test': 'tries what is there',
  'post /invoices/{id}/payments/refresh': 'reads from Stripe; what is new there is told as by its webhook',
  'post /billing/checkout': 'a page of Stripe’s; what comes of it comes by its webhook',
  'post /billing/top-up': 'a page of Stripe’s; what comes of it comes by its webhook',
  'post /billing/portal': 'a page of Stripe’s; what comes of it comes by its webhook',
  'post /notifications/read-all': 'one’s own',
  'post /notifications/{id}/read': 'one’s own',
  'post /notifications/{id}/unread': 'one’s own',
  'put /notification-preferences': 'one’s own',
};

/** Changes that carry no version: why the last one may win. */
const WITHOUT_VERSION: Readonly<Record<string, string>> = {
  'patch /me': 'one’s own name and language',
  'patch /me/passkeys/{id}': 'what one calls one’s own',
  'put /teams/{id}/members/{memberId}': 'says the whole of it',
};

/** Posts without an Idempotency-Key of which the second adds something: why that is meant. */
const ADDS_AGAIN: Readonly<Record<string, string>> = {
  'post /me/reauthenticate': 'each showing is one',
  'post /me/email': 'the newer link takes the place of the older',
  'post /me/recovery-codes': 'new ones take the place of the old',
  'post /budgets/{id}/reset': 'what was spent since is let go',
  'post /export-destinations/{id}/test': 'each try is one',
  'post /export-deliveries/{id}/repeat': 'each asking is told',
  'post /alerts/{id}/deliveries/{deliveryId}/replay': 'each asking is told; what waits is sent once',
  'post /webhook-endpoints/{id}/deliveries/{deliveryId}/replay':
    'each asking is told; what waits is sent once',
};

const FROM = { 'x-test-address': '198.51.100.7', 'user-agent': 'every-change/1' };
/** What tells of a change, besides it. */
const TOLD = ['audit_events', 'outbox_events'];

const changing = ROUTES.filter(({ method }) => method !== 'get');
const nameOf = ({ method, path }: AnyRoute): string => `${method} ${path}`;
/** `post /keys (twice)` is another call of `post /keys`. */
const routeNameOf = (name: string): string => name.replace(/ \(.*\)$/, '');
const routesOf = (list: Readonly<Record<string, unknown>>) =>
  Object.keys(list).flatMap((name) =>
    changing.filter((route) => nameOf(route) === routeNameOf(name)).map((route) => [name, route] as const),
  );

let world: World;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let everything: Database;

beforeAll(async () => {
  gateway = await startGateway();
  const settings = {
    gatewayUrl: gateway.url,
    allowedPrivateOrigins: ['http://127.0.0.1:9'],
    firstUserIsOperator: true,
  };
  const test: TestApi = await startTestApi(settings, { lookUpTxt: testLookUp });
  const owner = await test.signUp('owner@example.com', 'Changes');
  // Events of all organizations are read; the walls between them are another test's.
  await disableRowSecurity(test.testDatabase);
  everything = test.openAs('migrator', 'count');
  world = { test, owner, worker: test.openAs('worker', 'seed') };
  await countWrites();
});
afterAll(async () => {
  await everything.close();
  await world.worker.close();
  await world.test.close();
  gateway.close();
});

describe('every route that changes something', () => {
  it('is called here, shown elsewhere, or named with why nobody answers for it', () => {
    const named = [CHANGES, QUESTIONS, SHOWN_ELSEWHERE, WITHOUT_EVENT].flatMap((list) => Object.keys(list));
    const routes = named.filter((name) => name === routeNameOf(name));
    expect(routes.toSorted()).toEqual(changing.map(nameOf).toSorted());
    expect(named.map(routeNameOf).filter((name) => !routes.includes(name))).toEqual([]);
    for (const [file, word] of Object.values(SHOWN_ELSEWHERE)) {
      const path = `${import.meta.dirname}/${file}`;
      expect(existsSync(path) && readFileSync(path, 'utf8').includes(word), `${word} in ${file}`).toBe(true);
    }
    const versioned = changing.filter(({ method }) => method === 'patch' || method === 'put').map(nameOf);
    for (const name of Object.keys(WITHOUT_VERSION)) expect(versioned).toContain(name);
  });

  it.each(routesOf(CHANGES))('%s: the change and its audit event, or neither', async (name, route) => {
    const change = await CHANGES[name]!(world);
    const once: Record<string, string> =
      route.idempotent === true ? { 'idempotency-key': newId('request', world.test.clock.nowMs()) } : {};
    const before = await written();
    await expectConflict(route, change);
    const refused = await withoutAudit(() => send(route, change, once));
    expect(refused.status, refused.text).toBeGreaterThanOrEqual(500);
    expect(await written(), 'what was late or could not be told was not done').toEqual(before);

    const answer = await send(route, change, once);
    expect(answer.status, answer.text).toBeLessThan(300);
    await expectEvents(route, change, answer);

    const after = await written();
    expect(after, 'it is done').not.toEqual(before);
    if (route.method !== 'post' && route.idempotent !== true) return;
    const again = await send(route, change, once);
    if (route.idempotent === true) {
      expect(again.text).toBe(answer.text);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await written()).toEqual(after);
    } else if (!Object.hasOwn(ADDS_AGAIN, name)) {
      expect(growth(await written()), 'sent again, it adds nothing').toEqual(growth(after));
    }
  });

  it.each(routesOf(QUESTIONS))('%s answers and writes nothing', async (name, route) => {
    const question = await QUESTIONS[name]!(world);
    const before = await written();
    const answer = await send(route, question);
    expect(answer.status, answer.text).toBe(200);
    expect(await written()).toEqual(before);
  });
});

function send(
  { method, path }: AnyRoute,
  change: Change,
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  return change.by.call(method.toUpperCase(), change.path ?? path, change.body, { ...FROM, ...headers });
}

/** Somebody has changed it since it was read. */
async function expectConflict(route: AnyRoute, change: Change): Promise<void> {
  const isEdit = route.method === 'patch' || route.method === 'put';
  if (!isEdit || Object.hasOwn(WITHOUT_VERSION, nameOf(route))) return;
  const answer = await send(route, change, { 'if-match': '"999999"' });
  expect(answer.status, answer.text).toBe(412);
  expect(answer.body.code).toBe('version_conflict');
}

async function expectEvents({ method }: AnyRoute, { by }: Change, answer: TestAnswer): Promise<void> {
  const requestId = answer.headers.get('x-request-id') ?? 'none';
  const events = await everything.platform((tx) => tx.auditEvent.findMany({ where: { requestId } }));
  expect(events, 'it is told').not.toEqual([]);
  for (const event of events) {
    expect(event).toMatchObject({
      actorKind: 'user',
      actorId: by.userId,
      ipAddress: FROM['x-test-address'],
      userAgent: FROM['user-agent'],
      action: expect.stringMatching(/^[a-z]+(-[a-z]+)+$/),
    });
    expect(event.targetId).not.toBe('');
  }
  const isTold = ({ before, after }: (typeof events)[number]) =>
    method === 'patch' ? before !== null && after !== null : before !== null || after !== null;
  expect(events.some(isTold), `what was and is: ${JSON.stringify(events.map(({ action }) => action))}`).toBe(
    true,
  );
  expect(JSON.stringify(events.map(({ before, after }) => [before, after]))).not.toMatch(
    /tg[akcs]_\w{8}|whsec_|sk-0123|0123456789abcdef|argon2/,
  );
}

/** As when the log cannot be written. */
async function withoutAudit(run: () => Promise<TestAnswer>): Promise<TestAnswer> {
  await everything.platform((tx) => tx.$executeRaw`REVOKE INSERT ON audit_events FROM tollgate_console`);
  try {
    return await run();
  } finally {
    await everything.platform((tx) => tx.$executeRaw`GRANT INSERT ON audit_events TO tollgate_console`);
  }
}

/** Table and what happened to a row of it, with how often. */
type Written = Readonly<Record<string, number>>;

/** From here on every row that is written and committed is counted. */
async function countWrites(): Promise<void> {
  await everything.platform(
    async (tx) => {
      await tx.$executeRaw`CREATE TABLE written_rows (name text NOT NULL, op text NOT NULL)`;
      await tx.$executeRaw`
        CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
        AS $f$ BEGIN INSERT INTO written_rows VALUES (TG_ARGV[0], TG_OP); RETURN NULL; END $f$`;
      // But for what a refused request may leave: that somebody was here, and the answers that are kept.
      await tx.$executeRaw`
        DO $do$ DECLARE name text; BEGIN
          FOR name IN SELECT c.relname FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname NOT IN ('sessions', 'idempotency_records', 'written_rows')
          LOOP EXECUTE format('CREATE TRIGGER count_write AFTER INSERT OR UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION count_write(%L)', name, name);
          END LOOP; END $do$`;
    },
    { timeoutMs: 60_000 },
  );
}

async function written(): Promise<Written> {
  const rows = await everything.platform(
    (tx) => tx.$queryRaw<{ what: string; count: number }[]>`
      SELECT name || ' ' || op AS what, count(*)::int AS count FROM written_rows GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}

/** How many rows each table has more than at first, but for those that tell of a change. */
function growth(all: Written): Written {
  const grown: Record<string, number> = {};
  for (const [what, count] of Object.entries(all)) {
    const [table = '', op] = what.split(' ');
    if (TOLD.includes(table) || op === 'UPDATE') continue;
    grown[table] = (grown[table] ?? 0) + (op === 'INSERT' ? count : -count);
  }
  return grown;
}
