/** The budget of what is resold: counted by whose credential serves, and the operator's to make and change. */
import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, OPERATOR_ORGANIZATION_ID, type Prisma, sql } from '@tollgate/db';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import type { Hold } from './hold.ts';
import { ensureResoldBudget, setResoldBudget } from './resold-budget.ts';
import { isRefusal, type TestGateway, World } from './testing-gateways.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  const differences = await auditBudgets(world.worker, world.organizationId);
  await world.close();
  expect(differences).toEqual([]);
});

const SYSTEM = { kind: 'system', id: '', name: 'worker' } as const;

function change<T>(
  database: Database,
  run: (change: Parameters<typeof setResoldBudget>[0]) => Promise<T>,
  organizationId = world.organizationId,
): Promise<T> {
  return database.tenant(organizationId, (tx) =>
    run({ tx, organizationId, actor: SYSTEM, origin: NO_ORIGIN, nowMs: world.clock.nowMs() }),
  );
}

const ensure = (each: Parameters<typeof setResoldBudget>[0]) => ensureResoldBudget(each, false);

const set = (limit: bigint | null) => change(world.console, (each) => setResoldBudget(each, limit));

const held = (outcome: Awaited<ReturnType<TestGateway['hold']>>): Hold => {
  if (isRefusal(outcome)) throw new Error(`must be held, got ${outcome.code}`);
  return outcome;
};

function listBudgets() {
  return world.console.tenant(world.organizationId, (tx) =>
    tx.budget.findMany({ where: { organizationId: world.organizationId }, orderBy: { id: 'asc' } }),
  );
}

async function listActions(): Promise<string[]> {
  const events = await world.console.tenant(world.organizationId, (tx) =>
    tx.auditEvent.findMany({ where: { organizationId: world.organizationId }, orderBy: { id: 'asc' } }),
  );
  return events.map(({ action }) => action);
}

/** The operator resells from here on. */
async function resell(limitUsd?: string | null): Promise<void> {
  await world.console.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.providerCredential.create({
      data: {
        id: 'cred_resold',
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'openai',
        name: 'Resold',
        baseUrl: '',
        models: [],
      },
    });
    if (limitUsd === undefined) return;
    await tx.platformSetting.create({
      data: { key: 'resold-spend', value: { limitUsd }, updatedAt: new Date() },
    });
  });
}

describe('a budget of what is resold', () => {
  it.each([
    ['one below the limit', 9, true],
    ['at the limit', 10, true],
    ['one above the limit', 11, false],
  ])('[M3] holds for the operator’s credentials, %s: %s → %s', async (_name, cap, isGiven) => {
    await set(10n);
    const gateway = await world.gateway();
    expect(!isRefusal(await gateway.hold({ cap, owner: 'operator' }))).toBe(isGiven);
  });

  it('[M3] neither holds nor counts nor refuses what the organization’s own credentials serve', async () => {
    const budgetId = (await set(10n))!.id;
    const gateway = await world.gateway();
    const own = held(await gateway.hold({ cap: 1_000_000 }));
    expect(own.holds).toEqual([]);
    const resold = held(await gateway.hold({ cap: 10, owner: 'operator' }));
    expect(resold.holds).toMatchObject([{ budgetId }]);
    own.settle(1_000_000n);
    resold.settle(10n);
    await world.ingest([
      gateway.line(own, 1_000_000n),
      gateway.line(resold, 10n, { owner: 'operator' }),
      gateway.line({ holds: [] }, 3n),
    ]);
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 10n, unheld: 0n, overrun: 0n }]);
    expect(await gateway.hold({ cap: 1, owner: 'operator' })).toMatchObject({
      code: 'budget_exceeded',
      ruleId: budgetId,
      scope: { type: 'organization', id: world.organizationId, name: 'Resold models' },
      message: expect.stringContaining('ask the operator'),
    });
    held(await gateway.hold({ cap: 1 }));
  });

  it('[M3] of what nobody can tell it counts what was held', async () => {
    const budgetId = (await set(10n))!.id;
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 7, owner: 'operator' }));
    await world.ingest([gateway.line(hold, null, { owner: 'operator' })]);
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 7n, assumed: 7n }]);
  });

  it('[M3] made later it counts what was resold this month, and nothing else', async () => {
    const gateway = await world.gateway();
    await world.ingest([
      gateway.line({ holds: [] }, 500n),
      gateway.line({ holds: [] }, 8n, { owner: 'operator' }),
    ]);
    const budgetId = (await set(10n))!.id;
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 8n, unheld: 8n }]);
    await gateway.reload();
    held(await gateway.hold({ cap: 2, owner: 'operator' })).release();
    expect(await gateway.hold({ cap: 3, owner: 'operator' })).toMatchObject({
      code: 'request_exceeds_budget',
    });
  });

  it('[M3] lets exactly 7 of 500 at once through where there is room for 7, at three gateways', async () => {
    const budgetId = (await set(75n))!.id;
    const gateways = await Promise.all([world.gateway(), world.gateway(), world.gateway()]);
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, (_, index) => {
        const gateway = gateways[index % 3]!;
        // Own traffic between it takes nothing of it.
        if (index % 5 === 4) return gateway.hold({ cap: 50 });
        return gateway.hold({ cap: 10, owner: 'operator' });
      }),
    );
    const given = outcomes.filter((outcome): outcome is Hold => !isRefusal(outcome));
    const resold = given.filter(({ holds }) => holds.length > 0);
    expect(resold).toHaveLength(7);
    expect(given).toHaveLength(107);
    for (const hold of given) hold.settle(10n);
    const [gateway] = gateways;
    await world.ingest(
      given.map((hold) => gateway!.line(hold, 10n, hold.holds.length > 0 ? { owner: 'operator' } : {})),
    );
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 70n, overrun: 0n, unheld: 0n }]);
    expect(await world.findBroken()).toEqual([]);
  });
});

describe('setResoldBudget()', () => {
  it('makes it, changes it, ends it, and makes another one, each time with an audit event', async () => {
    const made = await set(10n);
    expect(made).toMatchObject({
      counts: 'resold',
      kind: 'hard',
      period: 'month',
      thresholds: [50, 80, 100],
    });
    expect(await set(10n)).toMatchObject({ id: made!.id, version: 1 });
    const gateway = await world.gateway();
    expect(isRefusal(await gateway.hold({ cap: 11, owner: 'operator' }))).toBe(true);
    expect((await set(20n))!.id).toBe(made!.id);
    await gateway.reload();
    const hold = held(await gateway.hold({ cap: 11, owner: 'operator' }));
    hold.settle(11n);
    await world.ingest([gateway.line(hold, 11n, { owner: 'operator' })]);
    expect(await set(null)).toBeNull();
    expect(await set(null)).toBeNull();
    await gateway.reload();
    expect(held(await gateway.hold({ cap: 1_000, owner: 'operator' })).holds).toEqual([]);
    const again = await set(30n);
    expect(again!.id).not.toBe(made!.id);
    expect(await world.standing(again!.id)).toMatchObject([{ settled: 11n }]);
    expect(await listActions()).toEqual([
      ...['budget-created', 'budget-updated', 'budget-archived', 'budget-created'],
    ]);
  });

  it('writes down that there is to be no bound, where there is none yet', async () => {
    expect(await set(null)).toBeNull();
    expect(await listBudgets()).toMatchObject([{ counts: 'resold', archivedAt: expect.any(Date) }]);
    expect(await listActions()).toEqual(['budget-archived']);
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 1_000, owner: 'operator' }));
    await world.ingest([gateway.line(hold, 1_000n, { owner: 'operator' })]);
    // It bounds nothing and never did: nothing is counted to it.
    expect(await world.standing((await listBudgets())[0]!.id)).toEqual([]);
    await resell('5');
    expect(await change(world.worker, ensure)).toBe(false);
  });

  it('has one of several at once, and at most one in force', async () => {
    await resell('5');
    await Promise.all([
      set(10n),
      ...Array.from({ length: 3 }, () => change(world.worker, ensure)),
      ...Array.from({ length: 3 }, () => change(world.console, ensure)),
    ]);
    expect(await listBudgets()).toMatchObject([{ limitPicoUsd: expect.anything(), archivedAt: null }]);
    expect(String((await listBudgets())[0]!.limitPicoUsd)).toBe('10');
  });

  it('does not bound the operator itself', async () => {
    await expect(
      change(world.console, (each) => setResoldBudget(each, 1n), OPERATOR_ORGANIZATION_ID),
    ).rejects.toThrow('the operator is not resold to');
  });
});

describe('ensureResoldBudget()', () => {
  it.each([
    ['nothing is resold', false, undefined, null],
    ['the operator said nothing', true, undefined, '50000000000000'],
    ['the operator said an amount', true, '0.25', '250000000000'],
    ['the operator wants no bound', true, null, null],
  ])('where %s', async (_name, isResold, limitUsd, expected) => {
    if (isResold) await resell(limitUsd);
    for (const database of [world.worker, world.console]) {
      const isFirst = database === world.worker && expected !== null;
      expect(await change(database, ensure)).toBe(isFirst);
    }
    const limits = (await listBudgets()).map(({ limitPicoUsd }) => String(limitPicoUsd));
    expect(limits).toEqual(expected === null ? [] : [expected]);
  });

  it('leaves the operator’s own organization alone', async () => {
    await resell('5');
    expect(await change(world.console, ensure, OPERATOR_ORGANIZATION_ID)).toBe(false);
  });
});

describe('list_unbounded_resale', () => {
  const list = () =>
    world.worker.platform(async (tx) => {
      const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM list_unbounded_resale(10) AS id`;
      return rows.map(({ id }) => id);
    });

  it('names organizations of which nobody has said anything, while something is resold', async () => {
    expect(await list()).toEqual([]);
    await resell();
    expect(await list()).toEqual([world.organizationId]);
    await world.console.platform(
      (tx) =>
        tx.$executeRaw`INSERT INTO platform_settings (key, value, updated_at) VALUES ('resold-spend', '{"limitUsd": null}', now())`,
    );
    expect(await list()).toEqual([]);
    await world.console.platform((tx) => tx.$executeRaw`UPDATE platform_settings SET value = '{}'`);
    expect(await list()).toEqual([world.organizationId]);
    await set(null);
    expect(await list()).toEqual([]);
  });

  it('leaves out what is closed, and the operator', async () => {
    await resell();
    await world.console.tenant(world.organizationId, (tx) =>
      tx.organization.update({ where: { id: world.organizationId }, data: { closedAt: new Date() } }),
    );
    expect(await list()).toEqual([]);
  });
});

describe('the walls', () => {
  const attempt = (database: Database, statement: Prisma.Sql) =>
    database
      .tenant(world.organizationId, async (tx) => {
        await tx.$executeRaw(statement);
        return 'done';
      })
      .catch(() => 'refused');
  const insert = (id: string, counts: string, pausedAt: Date | null = null) => {
    const { organizationId } = world;
    return sql`
      INSERT INTO budgets (id, organization_id, scope_type, scope_id, period, kind, limit_pico_usd, counts, paused_at)
      VALUES (${id}, ${organizationId}, 'organization', ${organizationId}, 'month', 'hard', 1, ${counts}, ${pausedAt}::timestamptz)`;
  };

  it('let the worker make this budget and no other, and nobody pause it or change what it counts', async () => {
    expect(await attempt(world.worker, insert('bud_x', 'all'))).toBe('refused');
    expect(await attempt(world.console, insert('bud_x', 'resold', new Date()))).toBe('refused');
    expect(await attempt(world.worker, insert('bud_x', 'resold'))).toBe('done');
    expect(await attempt(world.console, insert('bud_y', 'resold'))).toBe('refused');
    for (const change of [sql`counts = 'all'`, sql`paused_at = now()`, sql`kind = 'soft'`])
      expect(await attempt(world.console, sql`UPDATE budgets SET ${change} WHERE id = 'bud_x'`)).toBe(
        'refused',
      );
    expect(await attempt(world.console, sql`UPDATE budgets SET archived_at = now() WHERE id = 'bud_x'`)).toBe(
      'done',
    );
    expect(await attempt(world.console, insert('bud_y', 'resold'))).toBe('done');
    expect(await attempt(world.console, sql`UPDATE budgets SET archived_at = now() WHERE id = 'bud_y'`)).toBe(
      'done',
    );
  });
});
