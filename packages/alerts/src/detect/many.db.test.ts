/** What there is more of than one look takes. */
import { newId } from '@tollgate/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRule } from '../rules/rule-store.ts';
import { openTestOrganization, type TestOrganization } from '../test-organization.ts';
import { createEndpoint } from '../webhooks/endpoint-store.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
let acme: TestOrganization;
beforeEach(async () => {
  acme = await openTestOrganization();
});
afterEach(() => acme.close());

async function lookAgain(times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    acme.nowMs += MINUTE_MS;
    await acme.look();
  }
}

const countAlerts = (kind: string, state?: string) =>
  acme.inWorker((tx) => tx.alert.count({ where: { kind, ...(state === undefined ? {} : { state }) } }));

describe('keys that end at the same time', () => {
  const makeKeys = (name: string, count: number, expiresAt: Date) =>
    acme.inConsole(
      (tx) => tx.$executeRaw`
        INSERT INTO virtual_keys (id, organization_id, name, models, providers, endpoints, ip_allowlist, created_by_id, expires_at)
        SELECT 'key_' || ${name} || n, ${acme.organizationId}, ${name}, '{}', '{}', '{}', '{}', 'usr_1', ${expiresAt}::timestamptz
        FROM generate_series(1, ${count}::integer) AS n`,
    );

  it('are told of every one, however many there are, and each once', async () => {
    await makeKeys('seat', 1_200, new Date(acme.nowMs + 3 * DAY_MS));
    await lookAgain(4);
    expect(await countAlerts('key-expiring', 'firing')).toBe(1_200);
    const deliveries = await acme.inWorker((tx) => tx.alertDelivery.count());
    expect(deliveries).toBe(1_200);
    await lookAgain(1);
    expect(await acme.inWorker((tx) => tx.alertDelivery.count())).toBe(1_200);
    await acme.inConsole(
      (tx) => tx.$executeRaw`UPDATE virtual_keys SET revoked_at = ${new Date(acme.nowMs)}::timestamptz`,
    );
    await lookAgain(1);
    expect(await countAlerts('key-expiring', 'recovered')).toBe(1_200);
    expect(await acme.inWorker((tx) => tx.alertDelivery.count())).toBe(1_200);
  }, 120_000);

  it('of other teams keep no key of a rule’s own team from being told of', async () => {
    await acme.look();
    await acme.inConsole(async (tx) => {
      await tx.alertRule.updateMany({ where: { kind: 'key-expiring' }, data: { enabled: false } });
      const team = {
        id: 'team_a',
        organizationId: acme.organizationId,
        name: 'A',
        slug: 'a',
        path: 'team_a',
      };
      await tx.team.create({ data: team });
      await createRule(acme.changing(tx), {
        name: 'Ours',
        kind: 'key-expiring',
        teamId: 'team_a',
        enabled: true,
        settings: {},
        channelIds: [],
      });
    });
    await makeKeys('theirs', 600, new Date(acme.nowMs + DAY_MS));
    await makeKeys('ours', 1, new Date(acme.nowMs + 2 * DAY_MS));
    await acme.inConsole(
      (tx) => tx.$executeRaw`UPDATE virtual_keys SET team_id = 'team_a' WHERE name = 'ours'`,
    );
    await lookAgain(2);
    const ours = await acme.inWorker((tx) =>
      tx.alert.findMany({ where: { kind: 'key-expiring', targetName: 'ours' } }),
    );
    expect(ours.map(({ state, teamId }) => [state, teamId])).toEqual([['firing', 'team_a']]);
  }, 120_000);
});

it('batches that nobody can tell the cost of are told of every one', async () => {
  await acme.inWorker(
    (tx) => tx.$executeRaw`
      INSERT INTO provider_batches (id, organization_id, request_id, started_at, attempt, provider, credential_id, input_file_id,
        endpoint, state, next_look_at, ended_at)
      SELECT 'bat_' || n, ${acme.organizationId}, 'req_' || n, ${new Date(acme.nowMs - DAY_MS)}, 1, 'openai', 'cred_1', 'file_1',
        '/v1/responses', 'lost', ${new Date(acme.nowMs)}, ${new Date(acme.nowMs)}
      FROM generate_series(1, 450) AS n`,
  );
  await lookAgain(4);
  expect(await countAlerts('batch-untold')).toBe(450);
}, 120_000);

describe('what happened while no worker looked', () => {
  const insertEvents = (prefix: string, count: number) =>
    acme.inConsole(
      (tx) => tx.$executeRaw`
        INSERT INTO audit_events (organization_id, occurred_at, id, actor_kind, actor_id, action, target_kind, target_id)
        SELECT ${acme.organizationId}, ${new Date(acme.nowMs)}::timestamptz, ${prefix} || n, 'user', 'usr_1', 'key-created', 'key', 'key_' || n
        FROM generate_series(1, ${count}::integer) AS n`,
    );
  const countEvents = async () => {
    const [row] = await acme.inWorker(
      (tx) => tx.$queryRaw<{ events: bigint }[]>`
        SELECT count(DISTINCT event_id) AS events FROM webhook_deliveries WHERE event_type = 'key.created'`,
    );
    return Number(row!.events);
  };

  it('reaches endpoints whole, event by event, whether many transactions wrote it or one', async () => {
    await acme.look();
    acme.nowMs += MINUTE_MS;
    await acme.inConsole((tx) =>
      createEndpoint(acme.changing(tx), acme.ring, {
        name: '',
        url: 'https://hooks.example/',
        events: ['*'],
      }),
    );
    acme.nowMs += MINUTE_MS;
    for (const part of ['a', 'b', 'c']) await insertEvents(`${newId('event', acme.nowMs)}${part}`, 2_000);
    await insertEvents(`${newId('event', acme.nowMs)}d`, 5_500);
    await insertEvents(`${newId('event', acme.nowMs)}e`, 10);
    await acme.look();
    expect(await countEvents()).toBe(11_510);
    acme.nowMs += MINUTE_MS;
    await acme.look();
    expect(await countEvents()).toBe(11_510);
  }, 120_000);
});
