/** The operator's markup by the front door, against a real Postgres. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listServingCredentials } from '../prices/usable-models.ts';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let operator: TestPerson;
let owner: TestPerson;

beforeAll(async () => {
  test = await startTestApi({ firstUserIsOperator: true });
  operator = await test.signUp('operator@example.com', 'Operators');
  owner = await test.signUp('owner@example.com', 'Acme');
  await test.database.tenant('org_operator', (tx) =>
    tx.providerCredential.create({
      data: {
        id: 'cred_resold',
        organizationId: 'org_operator',
        provider: 'acme-ai',
        name: 'Resold',
        baseUrl: 'http://127.0.0.1:9/v1',
        secretCiphertext: Buffer.alloc(40),
        secretHint: 'sk-1…',
        livemode: true,
        models: [],
      },
    }),
  );
});
afterAll(() => test.close());

const inMs = (ms: number) => new Date(test.clock.nowMs() + ms).toISOString();
const RULES = '/operator/markup-rules';
const DAY_MS = 86_400_000;

async function list() {
  const { body } = await operator.call('GET', `${RULES}?credentialId=cred_resold`);
  return body.data as { id: string; state: string; removable: boolean; validFrom: string }[];
}

function countNotes(targetId: string): Promise<number> {
  return test.database.tenant('org_operator', (tx) =>
    tx.outboxEvent.count({ where: { kind: 'policy-changed', targetId } }),
  );
}

describe('markup rules', () => {
  it('[X3] are the operator’s alone', async () => {
    for (const [method, path] of [
      ['GET', RULES],
      ['GET', '/operator/resold-credentials'],
      ['POST', RULES],
      ['DELETE', `${RULES}/mkp_1`],
    ] as const) {
      const answer = await owner.call(
        method,
        path,
        method === 'POST' ? { credentialId: 'cred_resold' } : undefined,
      );
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    const { body } = await operator.call('GET', '/operator/resold-credentials');
    expect(body.data).toMatchObject([{ id: 'cred_resold', name: 'Resold', provider: 'acme-ai' }]);
  });

  it('[M7] are stated in percent and per unit, one after another: the one before ends, and gateways are told', async () => {
    const first = await operator.call('POST', RULES, { credentialId: 'cred_resold', basisPoints: 1_250 });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      state: 'in-force',
      basisPoints: 1_250,
      organizationId: null,
      credentialName: 'Resold',
      removable: false,
    });
    expect(await countNotes(first.body.id)).toBe(1);
    test.clock.advance(1_000);
    const second = await operator.call('POST', RULES, {
      credentialId: 'cred_resold',
      perUnit: { output: { usdPerMillion: '0.000001' }, request: { usdPerUnit: '0.002' } },
    });
    expect(second.body.perUnit).toEqual({
      output: { usdPerUnit: '0.000000000001', usdPerMillion: '0.000001' },
      request: { usdPerUnit: '0.002', usdPerMillion: null },
    });
    // What a request would hold is told beforehand: with all of the markup.
    const listServing = () =>
      test.database.tenant(owner.organizationId, (tx) => listServingCredentials(tx, owner.organizationId));
    // The database asks its own clock what is in force, and this test's is up to a second ahead of it.
    await waitFor(async () => (await listServing())[0]?.markupBasisPoints === 0);
    expect(await listServing()).toMatchObject([
      { id: 'cred_resold', markupBasisPoints: 0, markupPerUnit: { output: 1n, request: 2_000_000_000n } },
    ]);
    const own = await operator.call('POST', RULES, {
      credentialId: 'cred_resold',
      organizationId: owner.organizationId,
      basisPoints: -500,
    });
    expect(own.body.state).toBe('in-force');
    // The clock stands still, and ids of one millisecond have no order.
    const states = new Map((await list()).map(({ id, state }) => [id, state]));
    expect(states).toEqual(
      new Map([
        [own.body.id, 'in-force'],
        [second.body.id, 'in-force'],
        [first.body.id, 'past'],
      ]),
    );
    const stored = await test.database.tenant('org_operator', (tx) =>
      tx.markupRule.findFirst({ where: { id: second.body.id } }),
    );
    expect(stored?.perUnit).toEqual({ output: '1', request: '2000000000' });
  });

  it('are scheduled and taken back while they are to come, with an audit event each', async () => {
    const scheduled = await operator.call('POST', RULES, {
      credentialId: 'cred_resold',
      basisPoints: 2_000,
      validFrom: inMs(DAY_MS),
    });
    expect(scheduled.body).toMatchObject({ state: 'scheduled', removable: true });
    const { id } = scheduled.body;
    const taken = await operator.call('POST', RULES, {
      credentialId: 'cred_resold',
      validFrom: scheduled.body.validFrom,
    });
    expect([taken.status, taken.body.errors?.[0]?.path]).toEqual([400, 'body.validFrom']);
    expect((await operator.call('DELETE', `${RULES}/${id}`)).status).toBe(204);
    expect((await list()).some((rule) => rule.id === id)).toBe(false);
    expect(await countNotes(id)).toBe(2);
    const actions = await test.database.tenant('org_operator', (tx) =>
      tx.auditEvent.findMany({ where: { targetId: id }, orderBy: { occurredAt: 'asc' } }),
    );
    expect(actions.map(({ action }) => action).sort()).toEqual(['markup-removed', 'markup-stated']);
  });

  it('[M7] in force can neither be removed nor changed, not even by the role of the console', async () => {
    // Postgres goes by its own clock, which the one of this test is ahead of.
    const inForce = (await list()).find(
      ({ state, validFrom }) => state !== 'scheduled' && Date.parse(validFrom) < Date.now(),
    )!;
    const answer = await operator.call('DELETE', `${RULES}/${inForce.id}`);
    expect([answer.status, answer.body.code]).toEqual([409, 'in_use']);
    const { count } = await test.database.tenant('org_operator', (tx) =>
      tx.markupRule.deleteMany({ where: { id: inForce.id } }),
    );
    expect(count).toBe(0);
    await expect(
      test.database.tenant('org_operator', (tx) =>
        tx.markupRule.updateMany({ where: { id: inForce.id }, data: { basisPoints: 1 } }),
      ),
    ).rejects.toThrow();
  });

  it('are refused with the field: the past, other people’s credentials, unknown organizations, wrong units', async () => {
    const refused = async (body: object) => {
      const answer = await operator.call('POST', RULES, { credentialId: 'cred_resold', ...body });
      return [answer.status, answer.body.errors?.[0]?.path ?? answer.body.code];
    };
    expect(await refused({ validFrom: inMs(-DAY_MS) })).toEqual([400, 'body.validFrom']);
    expect(await refused({ credentialId: 'cred_none' })).toEqual([400, 'body.credentialId']);
    expect(await refused({ organizationId: 'org_none' })).toEqual([404, 'not_found']);
    expect(await refused({ basisPoints: -10_001 })).toEqual([400, 'body.basisPoints']);
    expect(await refused({ perUnit: { sugar: { usdPerUnit: '1' } } })).toEqual([400, 'body.perUnit.sugar']);
    expect(await refused({ perUnit: { output: { usdPerMillion: '0.0000001' } } })).toEqual([
      400,
      'body.perUnit.output.usdPerMillion',
    ]);
  });
});
