import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from './actor.ts';
import { updateOrganization } from './organization.ts';

let test: TestDatabase;
let consoleDatabase: Database;
let worker: Database;
const ACTOR: Actor = {
  kind: 'person',
  userId: 'usr_test',
  sessionId: 'ses_test',
  email: 'ada@example.com',
  name: 'Ada',
  locale: 'en',
  emailVerified: true,
  isOperator: false,
  authenticatedAt: new Date(),
  secondFactorAt: null,
  provider: '',
  identityProviderId: null,
};

beforeAll(async () => {
  test = await createTestDatabase();
  consoleDatabase = openDatabase({ url: test.urls.console, applicationName: 'identity-test' });
  worker = openDatabase({ url: test.urls.worker, applicationName: 'identity-test' });
});
afterAll(async () => {
  await Promise.all([consoleDatabase?.close(), worker?.close()]);
  await test?.drop();
});

async function meteredOrganization(timeZone: string, nowMs: number): Promise<string> {
  const id = newId('organization', nowMs);
  await consoleDatabase.tenant(id, async (tx) => {
    await tx.organization.create({ data: { id, name: 'Acme', slug: id.toLowerCase(), timeZone } });
    await tx.organizationTimeZone.create({ data: { organizationId: id, validFrom: new Date(0), timeZone } });
  });
  await worker.platform(
    (tx) =>
      tx.$queryRaw`SELECT ensure_month_partitions(${new Date(nowMs).toISOString().slice(0, 10)}::date)::text`,
  );
  await worker.tenant(id, (tx) =>
    tx.usageEntry.create({
      data: {
        organizationId: id,
        startedAt: new Date(nowMs),
        requestId: newId('request', nowMs),
        attempt: 1,
        keyId: 'key_1',
        requestedModel: 'm',
        model: 'm',
        provider: 'p',
        credentialId: 'cred_1',
        credentialOwner: 'operator',
        endpoint: 'chat',
        streamed: false,
        livemode: false,
        status: 'succeeded',
        usageSource: 'provider',
      },
      select: { requestId: true },
    }),
  );
  return id;
}

async function change(id: string, timeZone: string, now: string): Promise<string[]> {
  return consoleDatabase.tenant(id, async (tx) => {
    await updateOrganization(tx, id, { timeZone }, ACTOR, NO_ORIGIN, Date.parse(now));
    const rows = await tx.organizationTimeZone.findMany({ orderBy: { validFrom: 'asc' } });
    return rows.slice(1).map((row) => `${row.validFrom.toISOString()} ${row.timeZone}`);
  });
}

describe('a new time zone', () => {
  it.each([
    // The month has begun in Auckland, not yet in UTC: its December is running and stays as it is.
    ['Pacific/Auckland', 'UTC', '2026-11-30T21:00:00Z', '2027-01-01T00:00:00.000Z UTC'],
    // In Auckland it is December already: the new zone's December cannot begin in the past.
    ['UTC', 'Pacific/Auckland', '2026-11-30T21:00:00Z', '2026-12-31T11:00:00.000Z Pacific/Auckland'],
    ['UTC', 'Pacific/Auckland', '2026-11-15T00:00:00Z', '2026-11-30T11:00:00.000Z Pacific/Auckland'],
    // Still November in Los Angeles.
    [
      'America/Los_Angeles',
      'America/New_York',
      '2026-12-01T03:00:00Z',
      '2026-12-01T05:00:00.000Z America/New_York',
    ],
    ['UTC', 'America/Los_Angeles', '2026-12-15T00:00:00Z', '2027-01-01T08:00:00.000Z America/Los_Angeles'],
  ])('[M5] from %s to %s at %s begins with a month that runs in neither', async (before, after, now, row) => {
    const id = await meteredOrganization(before, Date.parse(now));
    expect(await change(id, after, now)).toEqual([row]);
  });

  it('[M5] replaces one that was still to come', async () => {
    const id = await meteredOrganization('UTC', Date.parse('2026-11-15T00:00:00Z'));
    await change(id, 'America/Los_Angeles', '2026-11-15T00:00:00Z');
    expect(await change(id, 'Pacific/Auckland', '2026-11-16T00:00:00Z')).toEqual([
      '2026-11-30T11:00:00.000Z Pacific/Auckland',
    ]);
    const december = await change(id, 'Europe/Berlin', '2026-12-02T00:00:00Z');
    expect(december).toEqual([
      '2026-11-30T11:00:00.000Z Pacific/Auckland',
      '2026-12-31T23:00:00.000Z Europe/Berlin',
    ]);
  });

  it('[M3, M5] leaves one that has put off the running month: its first hours are of the month before', async () => {
    const id = await meteredOrganization('UTC', Date.parse('2026-11-15T00:00:00Z'));
    await change(id, 'America/Los_Angeles', '2026-11-15T00:00:00Z');
    expect(await change(id, 'Europe/Berlin', '2026-12-01T03:00:00Z')).toEqual([
      '2026-12-01T08:00:00.000Z America/Los_Angeles',
      '2026-12-31T23:00:00.000Z Europe/Berlin',
    ]);
    expect(await change(id, 'Asia/Tokyo', '2026-12-01T04:00:00Z')).toEqual([
      '2026-12-01T08:00:00.000Z America/Los_Angeles',
      '2026-12-31T15:00:00.000Z Asia/Tokyo',
    ]);
  });
});
