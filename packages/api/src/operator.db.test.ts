import { OPERATOR_ORGANIZATION_ID, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createQueue, createWorker, openQueueMonitor, openRedis } from '@tollgate/queues';
import { createTestRedis, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from './create-api.ts';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let operator: TestPerson;
let acme: TestPerson;
beforeAll(async () => {
  test = await startTestApi({ firstUserIsOperator: true });
  operator = await test.signUp('operator@example.com', 'Operators');
  // Ids of one millisecond have no order.
  test.clock.advance(1_000);
  acme = await test.signUp('grace@acme.example', 'Acme 100% & Söhne');
  test.clock.advance(1_000);
  await test.signUp('other@example.com', 'Other');
});
afterAll(() => test.close());

async function asWorker(organizationId: string, run: (tx: Transaction) => Promise<unknown>): Promise<void> {
  const worker = test.openAs('worker', 'seed');
  await worker.tenant(organizationId, run);
  await worker.close();
}

const namesOf = (answer: { body: { data: { name: string }[] } }) => answer.body.data.map(({ name }) => name);

describe('the operator’s organizations', () => {
  it('are listed newest first, page by page, and never the operator’s reserved one', async () => {
    const all = await operator.call('GET', '/operator/organizations');
    expect(namesOf(all)).toEqual(['Other', 'Acme 100% & Söhne', 'Operators']);
    expect(all.text).not.toContain(OPERATOR_ORGANIZATION_ID);
    const first = await operator.call('GET', '/operator/organizations?limit=2');
    const second = await operator.call(
      'GET',
      `/operator/organizations?limit=2&cursor=${first.body.nextCursor}`,
    );
    expect([...namesOf(first), ...namesOf(second)]).toEqual(namesOf(all));
    expect(second.body.nextCursor).toBeNull();
  });

  it.each(['söhne', '100%', 'grace@ACME', 'acme-100'])('are found by %j', async (q) => {
    const found = await operator.call('GET', `/operator/organizations?q=${encodeURIComponent(q)}`);
    expect(namesOf(found)).toEqual(['Acme 100% & Söhne']);
  });

  it.each(['%', '_', "'", '\\'])('are not all found by the sign %j', async (q) => {
    const found = await operator.call('GET', `/operator/organizations?q=${encodeURIComponent(q)}`);
    expect(namesOf(found).length).toBeLessThan(2);
  });

  it('show plan, members and the month’s live spend in the organization’s own zone', async () => {
    // A minute ago may have been last month.
    const bucketStart = test.clock.now();
    await asWorker(acme.organizationId, async (tx) => {
      for (const livemode of [true, false]) {
        await tx.$executeRaw`
          INSERT INTO usage_rollups (organization_id, bucket_start, team_id, cost_center, key_id, member_id, service_account_id, model, provider,
            credential_id, credential_owner, endpoint, status, livemode, requests, attempts, cost_pico_usd, charge_pico_usd)
          VALUES (${acme.organizationId}, ${bucketStart}, '', '', 'k', '', '', 'm', 'p', 'c', 'operator', 'chat', 'succeeded', ${livemode}, 3, 3, 1000000000000, 1500000000000)`;
      }
    });
    const { body } = await operator.call('GET', `/operator/organizations/${acme.organizationId}`);
    expect(body).toMatchObject({
      memberCount: 1,
      planId: 'plan_free',
      requestsThisMonth: 3,
      suspendedBy: null,
    });
    expect(Number(body.spentThisMonthUsd)).toBe(1.5);
    // What a suspension would stop is all of its traffic.
    expect(body.requestsLastHour).toBe(6);
    const nowMs = test.clock.nowMs();
    test.clock.advance(2 * 3_600_000);
    const later = await operator.call('GET', `/operator/organizations/${acme.organizationId}`);
    // The sign-ins of the tests below are recent ones.
    test.clock.set(nowMs);
    expect(later.body.requestsLastHour).toBe(0);
  });

  it('[X1] are listed for nobody else, not even by the database outside the operator’s organization', async () => {
    expect((await acme.call('GET', '/operator/organizations')).status).toBe(403);
    const list = (tx: Transaction) =>
      tx.$queryRaw<unknown[]>`SELECT * FROM list_organizations('', NULL, NULL, 10)`;
    const backlogs = (tx: Transaction) => tx.$queryRaw<unknown[]>`SELECT * FROM list_backlogs(now())`;
    for (const read of [list, backlogs]) {
      expect(await test.database.tenant(acme.organizationId, read)).toEqual([]);
      expect(await test.database.platform(read)).toEqual([]);
    }
    expect(await test.database.tenant(OPERATOR_ORGANIZATION_ID, list)).toHaveLength(3);
  });
});

describe('suspending', () => {
  const act = (what: 'suspend' | 'resume', reason = 'Abuse report 4711') =>
    operator.call('POST', `/operator/organizations/${acme.organizationId}/${what}`, { reason });

  it('tells gateways, stands in both audit logs with its reason, and is lifted again', async () => {
    const changes: string[] = [];
    const stop = test.changes.subscribe(({ kind, targetId }) => changes.push(`${kind} ${targetId}`));
    const suspended = await act('suspend');
    expect(suspended.body, suspended.text).toMatchObject({
      suspendedBy: 'operator',
      suspendedReason: 'Abuse report 4711',
    });
    expect((await act('suspend')).status).toBe(409);
    expect(namesOf(await operator.call('GET', '/operator/organizations?state=suspended'))).toEqual([
      'Acme 100% & Söhne',
    ]);
    expect((await act('resume', 'Settled')).body).toMatchObject({ suspendedAt: null, suspendedReason: '' });
    expect((await act('resume')).status).toBe(409);
    stop();
    expect(changes).toEqual(Array(2).fill(`organization-changed ${acme.organizationId}`));
    const seen = (await acme.call('GET', '/audit-events?targetKind=organization')).body.data;
    const own = await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.auditEvent.findMany({
        where: { organizationId: OPERATOR_ORGANIZATION_ID, targetId: acme.organizationId },
      }),
    );
    for (const events of [seen, own]) {
      const actions = events.map(({ action }: { action: string }) => action).toSorted();
      expect(actions.filter((action: string) => /suspended|resumed/.test(action))).toEqual([
        'organization-resumed',
        'organization-suspended',
      ]);
    }
    expect(own.find(({ action }) => action === 'organization-suspended')).toMatchObject({
      actorName: 'operator@example.com',
      after: { reason: 'Abuse report 4711' },
    });
  });

  it('is told to everybody inside by GET /me, and its reason to those who read the audit log', async () => {
    const viewer = await test.join(acme, 'viewer@acme.example', 'viewer');
    const told = async (person: TestPerson) => (await person.call('GET', '/me')).body.suspension;
    expect([await told(acme), await told(viewer)]).toEqual([null, null]);
    await act('suspend');
    const since = test.clock.now().toISOString();
    expect(await told(acme)).toEqual({ by: 'operator', since, reason: 'Abuse report 4711' });
    expect(await told(viewer)).toEqual({ by: 'operator', since, reason: null });
    const token = await acme.call('POST', '/admin-tokens', { name: 'Reader', permissions: ['keys:read'] });
    expect((await test.withToken(token.body.secret)('GET', '/me')).body.suspension).toEqual({
      by: 'operator',
      since,
      reason: null,
    });
    await act('resume', 'Settled');
    expect(await told(viewer)).toBeNull();
  });

  it('is never lifted from an organization that its owner has closed', async () => {
    const closed = await test.signUp('closed@example.com', 'Closed');
    const { organizationId } = closed;
    await closed.call('POST', `/organizations/${organizationId}/close`, { name: 'Closed' });
    const path = `/operator/organizations/${organizationId}`;
    const lifted = await operator.call('POST', `${path}/resume`, { reason: 'By mistake' });
    expect(lifted.body.code).toBe('conflict');
    expect((await operator.call('GET', path)).body.suspendedAt).not.toBeNull();
  });

  it('needs a reason and an organization that there is', async () => {
    expect((await act('suspend', '')).status).toBe(400);
    for (const id of ['org_unknown', OPERATOR_ORGANIZATION_ID]) {
      const answer = await operator.call('POST', `/operator/organizations/${id}/suspend`, { reason: 'x' });
      expect(answer.status, id).toBe(404);
    }
  });

  it('takes over what dunning holds, so that a payment no longer lifts it', async () => {
    await asWorker(
      acme.organizationId,
      (tx) =>
        tx.$executeRaw`INSERT INTO dunning_steps (organization_id, invoice_id, step, taken_at, detail)
        VALUES (${acme.organizationId}, 'inv_1', 'stop', now(), '{"suspended": true}')`,
    );
    await test.database.tenant(acme.organizationId, (tx) =>
      tx.organization.update({
        where: { id: acme.organizationId },
        data: { suspendedAt: new Date() },
        select: { id: true },
      }),
    );
    const path = `/operator/organizations/${acme.organizationId}`;
    expect((await operator.call('GET', path)).body.suspendedBy).toBe('dunning');
    expect((await acme.call('GET', '/me')).body.suspension).toMatchObject({ by: 'dunning', reason: null });
    expect((await act('suspend')).body.suspendedBy).toBe('operator');
    const [step] = await test.database.tenant(
      acme.organizationId,
      (tx) => tx.$queryRaw<{ detail: unknown }[]>`SELECT detail FROM dunning_steps`,
    );
    expect(step?.detail).toEqual({});
    expect((await act('resume')).body.suspendedBy).toBeNull();
  });
});

describe('plans and taxes', () => {
  it('leave an event with what they were before', async () => {
    const plan = {
      name: 'Squad',
      monthlyFeeUsd: '49',
      seatFeeUsd: '12',
      includedSeats: 5,
      includedUsageUsd: '100',
    };
    const made = await operator.call('POST', '/operator/plans', plan);
    const { id } = made.body;
    const seen = { 'if-match': made.headers.get('etag') ?? '' };
    expect(seen['if-match']).toBe(`"${made.body.version}"`);
    const change = (body: object) => operator.call('PATCH', `/operator/plans/${id}`, body, seen);
    expect((await change({ monthlyFeeUsd: '59', archived: true })).status).toBe(200);
    expect((await change({ monthlyFeeUsd: '69' })).body.code).toBe('version_conflict');
    const sameName = await operator.call('POST', '/operator/plans', plan);
    expect(sameName.body).toMatchObject({
      code: 'name_taken',
      errors: [{ path: 'body.name', code: 'taken' }],
    });
    const rate = { country: 'DE', name: 'VAT', rateBasisPoints: 1_900, validFrom: '2021-01-01T00:00:00Z' };
    await operator.call('POST', '/operator/tax-rates', rate);
    const again = await operator.call('POST', '/operator/tax-rates', { ...rate, rateBasisPoints: 700 });
    const events = await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.auditEvent.findMany({ where: { targetId: { in: [id, again.body.id] } } }),
    );
    expect(events.find(({ action }) => action === 'plan-changed')).toMatchObject({
      before: { monthlyFeeUsd: '49.00', archived: false },
      after: { monthlyFeeUsd: '59.00', archived: true },
    });
    const rates = events.filter(({ action }) => action === 'tax-rate-set');
    expect(rates.map(({ before }) => before)).toContainEqual(
      expect.objectContaining({ rateBasisPoints: 1_900 }),
    );
  });
});

describe('what carries weight', () => {
  it('needs a recent sign-in of the operator, as the dangerous routes of an organization do', async () => {
    const weighty = test.api.routes.filter(
      ({ access, method, path }) =>
        access === 'operator' && method !== 'get' && !path.startsWith('/operator/queues'),
    );
    expect(weighty.length).toBeGreaterThanOrEqual(13);
    const before = test.clock.nowMs();
    test.clock.advance(16 * 60_000);
    for (const { method, path } of weighty) {
      // To stop a calculation does nothing that cannot be begun again.
      if (path.endsWith('/cancel')) continue;
      const answer = await operator.call(method.toUpperCase(), path.replace('{id}', acme.organizationId), {});
      expect(answer.body?.code, `${method} ${path}: ${answer.text}`).toBe('reauthentication_required');
    }
    test.clock.set(before);
  });

  it('is done once for each Idempotency-Key: plans, re-ratings and credits', async () => {
    const key = (name: string) => ({ 'idempotency-key': name });
    const plan = {
      name: 'Twice',
      monthlyFeeUsd: '1',
      seatFeeUsd: '0',
      includedSeats: 1,
      includedUsageUsd: '0',
    };
    const plans = await Promise.all(
      [1, 2].map(() => operator.call('POST', '/operator/plans', plan, key('plan'))),
    );
    expect(plans.map(({ status }) => status)).toEqual([201, 201]);
    expect(plans[0]?.text).toBe(plans[1]?.text);
    const other = await operator.call('POST', '/operator/plans', { ...plan, name: 'Other' }, key('plan'));
    expect(other.body.code).toBe('idempotency_key_reused');

    const rerating = {
      organizationId: acme.organizationId,
      from: new Date(test.clock.nowMs() - 86_400_000).toISOString(),
      reason: 'Twice',
    };
    const rerate = () => operator.call('POST', '/operator/reratings', rerating, key('rerating'));
    const reratings = await Promise.all([rerate(), rerate()]);
    expect(reratings.map(({ status }) => status)).toEqual([201, 201]);
    expect(reratings[0]?.body.id).toBe(reratings[1]?.body.id);
    // Without the key it is another one, and one is open.
    expect((await operator.call('POST', '/operator/reratings', rerating)).status).toBe(409);

    const path = `/operator/organizations/${acme.organizationId}/billing`;
    const balance = async () => Number((await operator.call('GET', path)).body.credits.balanceUsd);
    const had = await balance();
    const grant = { grantCredits: { amountUsd: '25', reason: 'Twice' } };
    const [first, second] = await Promise.all(
      [1, 2].map(() => operator.call('PATCH', path, grant, key('credits'))),
    );
    expect([first?.status, second?.status, second?.text]).toEqual([200, 200, first?.text]);
    expect((await balance()) - had).toBe(25);
  });
});

describe('the system', () => {
  it('shows what waits and since when, and nothing of what it is', async () => {
    const organizationId = acme.organizationId;
    const createdAt = new Date(test.clock.nowMs() - 3_600_000);
    await asWorker(organizationId, async (tx) => {
      await tx.quarantinedEntry.create({
        data: {
          id: 'qe_1',
          organizationId,
          requestId: 'r',
          attempt: 1,
          reason: 'secret-reason',
          payload: { secret: 'canary' },
        },
        select: { id: true },
      });
      await tx.outboxEvent.create({
        data: { id: newId('event', 1), organizationId, kind: 'key-changed', targetId: 'canary', createdAt },
        select: { id: true },
      });
    });
    const answer = await operator.call('GET', '/operator/system');
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      redis: 'not-configured',
      queues: [],
      quarantine: { count: 1, organizations: 1 },
      rollups: { lagSeconds: 0 },
    });
    expect(answer.body.outbox.lagSeconds).toBeGreaterThanOrEqual(3_600);
    expect(answer.body.organizations[0]).toMatchObject({ id: organizationId, quarantined: 1 });
    expect(answer.text).not.toContain('canary');
    expect((await acme.call('GET', '/operator/system')).status).toBe(403);
  });

  it('calls a gateway serving, silent or stopped by when it was last seen', async () => {
    const now = test.clock.nowMs();
    const gateway = async (id: string, state: string, seenMs: number) => {
      const lastSeenAt = new Date(now - seenMs);
      await asGateway(async (tx) => {
        await tx.gateway.create({ data: { id, name: id, lastSeenAt }, select: { id: true } });
        await tx.gatewayEpoch.create({
          data: { id: `e_${id}`, gatewayId: id, state, lastSeenAt },
          select: { id: true },
        });
      });
    };
    await gateway('gw-serving', 'open', 1_000);
    await gateway('gw-silent', 'open', 120_000);
    await gateway('gw-stopped', 'closed', 1_000);
    const { gateways } = (await operator.call('GET', '/operator/system')).body;
    const states = gateways.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
    expect(states.toSorted()).toEqual(['gw-serving serving', 'gw-silent silent', 'gw-stopped stopped']);
  });
});

async function asGateway(run: (tx: Transaction) => Promise<unknown>): Promise<void> {
  const gateway = test.openAs('gateway', 'seed');
  await gateway.platform(run);
  await gateway.close();
}

describe('queues', () => {
  it('show a job that failed for good without what it carries; it is retried or discarded, with an event', async () => {
    const { url } = await createTestRedis();
    const producer = openRedis({ url, manner: 'producer', name: 'test' });
    const consumer = openRedis({ url, manner: 'worker', name: 'test-worker' });
    await waitFor(() => producer.status === 'ready');
    const monitor = openQueueMonitor(producer);
    const queue = createQueue('audit-seal', producer);
    const seen: string[] = [];
    let failing = true;
    const worker = createWorker('audit-seal', {
      redis: consumer,
      process: async (_payload, { jobId }) => {
        seen.push(jobId);
        if (failing) throw new UnrecoverableTestError('the chain is busy');
      },
    });
    const api = createApi({ ...test.options, queues: monitor });
    const ask = async (method: string, path: string) => {
      const headers = { cookie: operator.call.cookie, 'x-tollgate-csrf': '1' };
      const response = await api.request(new Request(`${TEST_ORIGIN}/api/v1${path}`, { method, headers }));
      const text = await response.text();
      return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
    };
    for (const jobId of ['seal-1', 'seal-2']) {
      await queue.add({ version: 1, organizationId: 'org_canary' }, { jobId });
    }
    const jobs = '/operator/queues/audit-seal/failed-jobs';
    await waitFor(async () => (await queue.counts()).failed === 2);
    const standing = (await ask('GET', '/operator/system')).body;
    expect(standing.redis).toBe('ok');
    expect(standing.queues.find(({ name }: { name: string }) => name === 'audit-seal')).toMatchObject({
      failed: 2,
      workers: 1,
    });
    const listed = await ask('GET', jobs);
    expect(listed.body.data).toHaveLength(2);
    expect(listed.body.data[0]).toMatchObject({ reason: 'the chain is busy', failedAt: expect.any(String) });
    expect(listed.text).not.toContain('canary');
    failing = false;
    expect((await ask('POST', `${jobs}/seal-1/retry`)).status).toBe(202);
    await waitFor(async () => (await queue.counts()).failed === 1);
    await waitFor(() => seen.filter((id) => id === 'seal-1').length === 2);
    expect((await ask('POST', `${jobs}/seal-1/retry`)).status).toBe(404);
    expect((await ask('DELETE', `${jobs}/seal-2`)).status).toBe(204);
    expect((await ask('DELETE', `${jobs}/seal-2`)).status).toBe(404);
    expect((await ask('GET', '/operator/queues/nothing/failed-jobs')).status).toBe(400);
    const events = await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.auditEvent.findMany({ where: { organizationId: OPERATOR_ORGANIZATION_ID, targetKind: 'job' } }),
    );
    expect(events.map(({ action, targetId }) => `${action} ${targetId}`).toSorted()).toEqual([
      'job-discarded seal-2',
      'job-retried seal-1',
    ]);
    await worker.close();
    producer.disconnect();
    const away = await ask('GET', '/operator/system');
    expect(away.body.redis).toBe('unreachable');
    expect((await ask('GET', jobs)).status).toBe(503);
    await queue.close();
    await monitor.close();
    consumer.disconnect();
  });
});

/** BullMQ gives up at once on errors of this name. */
class UnrecoverableTestError extends Error {
  override readonly name = 'UnrecoverableError';
}
